#include "manifest/expansion.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::string_view batch_size_axis = "train.batch_size";

void append(std::vector<search_axis>& axes, const std::string& prefix, const std::vector<search_axis>& more) {
  for (const search_axis& axis : more) axes.push_back({prefix + axis.name, axis.values, axis.range});
}

/// What searched values of a group are called by.
std::string prefix_of(const rule_draft& group) { return to_string(group.selects) + "."; }

/// Of an optimizer, of those that it works around and of groups: lr, inner.lr, inner.inner.lr, [norm].lr.
void append_rule(std::vector<search_axis>& axes, const std::string& prefix, const rule_draft& rule) {
  append(axes, prefix, rule.with.searched);
  for (const rule_draft& each : rule.inner) append_rule(axes, prefix + "inner.", each);
  for (const rule_draft& each : rule.groups) append_rule(axes, prefix + prefix_of(each), each);
}

std::vector<search_axis> axes_of(const problem_draft& problem, const resolved_training& training,
                                 const optimizer_draft& optimizer) {
  std::vector<search_axis> axes;
  append(axes, "problem.", problem.with.searched);
  append(axes, "problem.data.", problem.data_with.searched);
  if (training.batch_sizes.size() > 1) axes.push_back({std::string(batch_size_axis), training.batch_sizes});
  append_rule(axes, "", optimizer);
  return axes;
}

bool is_of_problem(const search_axis& axis) { return axis.name.starts_with("problem."); }

/// The values of a `with` block at one point of the search.
settings values_at(const option_values& values, const std::string& prefix, const settings& point) {
  settings all = values.fixed;
  for (const search_axis& axis : values.searched) all[axis.name] = point.at(prefix + axis.name);
  return all;
}

component_spec specify(const component& which, const settings& with) {
  return {which.id, which.complete(with), which.file->sha256, {}};
}

/// With the digests of the files that the model's settings name.
component_spec specify_model(const problem_draft& problem, const settings& point) {
  component_spec spec = specify(*problem.model, values_at(problem.with, "problem.", point));
  for (const hyperparameter& each : problem.model->hyperparameters) {
    if (each.type != hyperparameter_type::file) continue;
    spec.file_sha256[each.name] = problem.file_digests.at(std::get<std::string>(spec.with.at(each.name)));
  }
  return spec;
}

data_request request(const data_source& source, const settings& with) {
  data_request all{source.name, with};
  for (const data_option& each : source.options) {
    all.with.emplace(each.name, each.default_value);
    if (each.is_later && all.with.at(each.name) == each.default_value) all.with.erase(each.name);
  }
  return all;
}

/// Makes the specification of optimizers at one point of the search. `tensors`: of the model, null where that
/// is not known.
class optimizer_maker {
 public:
  optimizer_maker(const settings& point, const std::vector<tensor_fact>* tensors)
      : point_(point), tensors_(tensors) {}

  optimizer_spec make(const rule_draft& rule, const std::string& prefix) const {
    optimizer_spec spec;
    spec.optimizer = specify(*rule.which, values_at(rule.with, prefix, point_));
    spec.schedules = rule.schedules;
    for (const rule_draft& each : rule.inner) spec.inner.push_back(make(each, prefix + "inner."));
    spec.groups = groups_of(rule, spec, prefix);
    return spec;
  }

 private:
  /// Without those that select nothing of this model, which change nothing.
  std::vector<optimizer_spec> groups_of(const rule_draft& rule, const optimizer_spec& rest,
                                        const std::string& prefix) const {
    std::vector<bool> used(rule.groups.size(), true);
    if (tensors_ != nullptr) used = groups_in_use(rule.groups, *tensors_);
    std::vector<optimizer_spec> groups;
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) continue;
      const rule_draft& each = rule.groups[i];
      const std::string own = prefix + prefix_of(each);
      groups.push_back(each.keeps_optimizer ? changed(rest, each, own) : make(each, own));
      groups.back().selects = each.selects;
    }
    return groups;
  }

  /// The optimizer of the rest with what a group sets otherwise.
  optimizer_spec changed(optimizer_spec rest, const rule_draft& group, const std::string& prefix) const {
    for (const auto& [name, value] : values_at(group.with, prefix, point_)) rest.optimizer.with[name] = value;
    for (const auto& [name, stages] : group.schedules) rest.schedules[name] = stages;
    return rest;
  }

  const settings& point_;
  const std::vector<tensor_fact>* tensors_;
};

/// Of the model with these settings; null if they are not known.
const std::vector<tensor_fact>* find_tensors(const known_tensors& all, const settings& model) {
  const auto found = all.find(model);
  return found == all.end() ? nullptr : &found->second;
}

trial_spec specify(const experiment_draft& draft, std::size_t index, const optimizer_draft& optimizer,
                   settings point) {
  const problem_draft& problem = draft.problems[index];
  const resolved_training& training = draft.training[index];
  trial_spec spec;
  spec.problem.label = problem.label;
  spec.problem.model = specify_model(problem, point);
  if (problem.source != nullptr) {
    spec.problem.data = request(*problem.source, values_at(problem.data_with, "problem.data.", point));
  }
  spec.problem.type = problem.type.value_or(problem.source == nullptr ? dtype::f64 : dtype::f32);
  spec.problem.start = problem.start;
  spec.problem.instance = problem.instance;
  spec.problem.gradient_noise = problem.gradient_noise;
  spec.optimizer =
      optimizer_maker(point, find_tensors(draft.tensors[index], spec.problem.model.with)).make(optimizer, "");
  spec.optimizer.label = optimizer.label;
  spec.train.budget = training.budget;
  spec.train.clip = training.clip;
  if (training.lr_reference) spec.train.lr_reference_batch = training.lr_reference->value;
  const auto searched = point.find(std::string(batch_size_axis));
  spec.train.batch_size = searched != point.end()        ? batch_size_of(searched->second)
                          : training.batch_sizes.empty() ? 0
                                                         : batch_size_of(training.batch_sizes.front());
  spec.evaluate = training.evaluate;
  spec.limits = draft.limits;
  spec.threads = draft.threads;
  if (draft.checkpoint.every) spec.checkpoint_every = draft.checkpoint.every->value;
  spec.checkpoint_at_end = draft.checkpoint.at_end;
  spec.point = std::move(point);
  spec.seed = draft.seed;
  return spec;
}

/// The pairs that are run, in order.
template <class Visit>
void for_each_pair(const experiment_draft& draft, Visit visit) {
  for (std::size_t i = 0; i < draft.problems.size(); ++i) {
    for (const optimizer_draft& optimizer : draft.optimizers) {
      if (std::find(optimizer.on.begin(), optimizer.on.end(), i) != optimizer.on.end()) visit(i, optimizer);
    }
  }
}

/// How many trials there are for that pair, finalists and repetitions of what tuning chooses included.
std::uint64_t count_trials(const experiment_draft& draft, std::span<const search_axis> axes) {
  // At most the square of plan_limit, so that sums of a few don't overflow.
  const auto product = [](std::uint64_t points, std::uint64_t times) {
    return points > plan_limit || times > plan_limit ? plan_limit + 1 : points * times;
  };
  const std::uint64_t studies = draft.tuning ? draft.tuning->effort.studies : 1;
  if (!draft.tuning || axes.empty()) return studies * product(point_count(axes), draft.repetitions);
  const bool drawn = draft.tuning->search.by != search_method::kind::grid;
  const std::uint64_t points = drawn ? draft.tuning->search.trials : point_count(axes);
  const search_effort& effort = draft.tuning->effort;
  return studies * (product(points, effort.repetitions) +
                    product(std::min(points, effort.finalists), effort.of_finalists()) + draft.repetitions);
}

/// Counted before anything is made; stops counting soon after the limit.
std::uint64_t count_trials(const experiment_draft& draft) {
  std::uint64_t count = 0;
  for_each_pair(draft, [&](std::size_t i, const optimizer_draft& optimizer) {
    if (count > plan_limit) return;
    count += count_trials(draft, axes_of(draft.problems[i], draft.training[i], optimizer));
  });
  return count;
}

/// Why an axis can't be searched the way that the manifest asks; empty if it can.
std::string axis_error(const search_axis& axis, const std::optional<tuning_draft>& tuning) {
  if (axis.range && !tuning) {
    return "values are drawn from an interval, but nothing says how many; add tuning: {method: random, "
           "trials: 12}, or list them: {grid: […]}";
  }
  if (axis.range && tuning->search.by == search_method::kind::grid) {
    return "a grid has no intervals; list the values, or use tuning.method: random";
  }
  if (tuning && is_of_problem(axis)) {
    return "tuning chooses an optimizer's hyperparameters, not the problem's; list several problems instead";
  }
  return {};
}

void check_axes(const experiment_draft& draft, diagnostics& errors) {
  for_each_pair(draft, [&](std::size_t i, const optimizer_draft& optimizer) {
    if (draft.tuning && draft.tuning->stop_early && draft.training[i].budget.unit == cost_unit::seconds) {
      errors.add(
          draft.tuning->at,
          fmt::format(
              "tuning.stop_early: {} has a budget of seconds, whose parts are not reproducible; give it "
              "one in epochs, steps or evaluations",
              draft.problems[i].title()));
    }
    for (const search_axis& axis : axes_of(draft.problems[i], draft.training[i], optimizer)) {
      const std::string wrong = axis_error(axis, draft.tuning);
      const place& at = is_of_problem(axis) ? draft.problems[i].at : optimizer.at;
      if (!wrong.empty()) errors.add(at, fmt::format("{}: {}", axis.name, wrong));
    }
  });
}

std::string describe(const planned_trial& trial) {
  return fmt::format("{} on {}", trial.spec.optimizer.label, trial.spec.problem.label);
}

/// The trials that were planned so far, no two alike.
class distinct_trials {
 public:
  explicit distinct_trials(diagnostics& errors) : errors_(errors) {}

  /// The trial and the repetitions that follow it. A search may well draw a point twice; any other trial that
  /// is there already is an error at `at`.
  void add(planned_trial trial, std::uint64_t repetitions, const place& at) {
    trial.hash = content_hash(trial.spec);
    const auto [first, is_new] = first_of_.emplace(trial.hash, trials_.size());
    if (is_new) {
      trials_.push_repetitions(std::move(trial), repetitions);
    } else if (trial.role == trial_role::result) {
      errors_.add(at, fmt::format("{} would repeat the trials of {}; change one, or leave it out",
                                  describe(trial), describe(trials_.configuration(first->second))));
    }
  }

  trial_list take() { return std::move(trials_); }

 private:
  diagnostics& errors_;
  trial_list trials_;
  std::unordered_map<std::string, std::size_t> first_of_;
};

/// Every search repetition of each point that tuning tries in a study.
void add_search(const experiment_draft& draft, std::size_t problem, const optimizer_draft& optimizer,
                std::span<const search_axis> axes, std::uint64_t study, distinct_trials& trials) {
  for (const search_point& point : search_points(draft.tuning->search, axes, draft.seed, study)) {
    planned_trial trial{specify(draft, problem, optimizer, point.values), "", trial_role::search,
                        point.shares};
    trial.spec.repetition = search_repetition + study * study_stride;
    if (draft.tuning->stop_early) {
      const std::vector<amount> rungs = rungs_of(trial.spec.train.budget, *draft.tuning->stop_early);
      if (!rungs.empty()) trial.spec.train.stop_after = rungs.front();
    }
    trials.add(std::move(trial), draft.tuning->effort.repetitions, optimizer.at);
  }
}

/// Every repetition of every point of the lists in a study.
void add_repetitions(const experiment_draft& draft, std::size_t problem, const optimizer_draft& optimizer,
                     std::span<const search_axis> axes, std::uint64_t study, distinct_trials& trials) {
  for (std::uint64_t i = 0; i < point_count(axes); ++i) {
    planned_trial trial{specify(draft, problem, optimizer, point_at(axes, i)), ""};
    trial.spec.repetition = study * study_stride;
    trials.add(std::move(trial), draft.repetitions, optimizer.at);
  }
}

}  // namespace

trial_list expand(const experiment_draft& draft, diagnostics& errors) {
  check_axes(draft, errors);
  if (!errors.empty()) return {};
  if (count_trials(draft) > plan_limit) {
    errors.add(draft.at,
               fmt::format("problems x optimizers x search points x repetitions are more than {} trials; "
                           "search fewer values",
                           plan_limit));
    return {};
  }
  distinct_trials trials(errors);
  for_each_pair(draft, [&](std::size_t problem, const optimizer_draft& optimizer) {
    const std::vector<search_axis> axes =
        axes_of(draft.problems[problem], draft.training[problem], optimizer);
    const std::uint64_t studies = draft.tuning ? draft.tuning->effort.studies : 1;
    for (std::uint64_t study = 0; study < studies; ++study) {
      if (draft.tuning && !axes.empty()) {
        add_search(draft, problem, optimizer, axes, study, trials);
      } else {
        add_repetitions(draft, problem, optimizer, axes, study, trials);
      }
    }
  });
  return trials.take();
}

}  // namespace ravine
