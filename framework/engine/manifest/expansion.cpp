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

std::vector<search_axis> axes_of(const problem_draft& problem, const resolved_training& training,
                                 const optimizer_draft& optimizer) {
  std::vector<search_axis> axes;
  append(axes, "problem.", problem.with.searched);
  append(axes, "problem.data.", problem.data_with.searched);
  if (training.batch_sizes.size() > 1) axes.push_back({std::string(batch_size_axis), training.batch_sizes});
  append(axes, "", optimizer.with.searched);
  return axes;
}

/// The values of a `with` block at one point of the search.
settings values_at(const option_values& values, const std::string& prefix, const settings& point) {
  settings all = values.fixed;
  for (const search_axis& axis : values.searched) all[axis.name] = point.at(prefix + axis.name);
  return all;
}

component_spec specify(const component& which, const settings& with) {
  return {which.id, which.complete(with), which.file->sha256};
}

data_request request(const data_source& source, const settings& with) {
  data_request all{source.name, with};
  for (const data_option& each : source.options) all.with.emplace(each.name, each.default_value);
  return all;
}

trial_spec specify(const experiment_draft& draft, std::size_t index, const optimizer_draft& optimizer,
                   settings point) {
  const problem_draft& problem = draft.problems[index];
  const resolved_training& training = draft.training[index];
  trial_spec spec;
  spec.problem.label = problem.label;
  spec.problem.model = specify(*problem.model, values_at(problem.with, "problem.", point));
  if (problem.source != nullptr) {
    spec.problem.data = request(*problem.source, values_at(problem.data_with, "problem.data.", point));
  }
  spec.problem.type = problem.type.value_or(problem.source == nullptr ? dtype::f64 : dtype::f32);
  spec.problem.start = problem.start;
  spec.problem.instance = problem.instance;
  spec.problem.gradient_noise = problem.gradient_noise;
  spec.optimizer = {optimizer.label, specify(*optimizer.which, values_at(optimizer.with, "", point)),
                    optimizer.schedules};
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
  if (draft.checkpoint) spec.checkpoint_every = draft.checkpoint->value;
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

/// How many points of the search there are for that pair.
std::uint64_t count_points(const experiment_draft& draft, std::span<const search_axis> axes) {
  const bool drawn = draft.tuning && draft.tuning->search.by != search_method::kind::grid && !axes.empty();
  return drawn ? draft.tuning->search.trials : point_count(axes);
}

/// Counted before anything is made; stops counting soon after the limit.
std::uint64_t count_trials(const experiment_draft& draft) {
  std::uint64_t count = 0;
  for_each_pair(draft, [&](std::size_t i, const optimizer_draft& optimizer) {
    if (count > plan_limit) return;
    const std::uint64_t points =
        count_points(draft, axes_of(draft.problems[i], draft.training[i], optimizer));
    count = points > plan_limit ? plan_limit + 1 : count + points * draft.repetitions;
  });
  return count;
}

/// Reports what can't be searched the way that the manifest asks.
void check_axes(const experiment_draft& draft, diagnostics& errors) {
  for_each_pair(draft, [&](std::size_t i, const optimizer_draft& optimizer) {
    if (draft.tuning && draft.tuning->stop_early && draft.training[i].budget.unit == cost_unit::seconds) {
      errors.add(draft.tuning->at,
                 fmt::format("tuning.stop_early: {} has a budget of seconds, of which a part comes out "
                             "differently each time; give it one in epochs, steps or evaluations",
                             draft.problems[i].title()));
    }
    for (const search_axis& axis : axes_of(draft.problems[i], draft.training[i], optimizer)) {
      const bool of_problem = axis.name.starts_with("problem.");
      const place& at = of_problem ? draft.problems[i].at : optimizer.at;
      if (axis.range && !draft.tuning) {
        errors.add(
            at, fmt::format("{}: values are drawn from an interval, but nothing says how many; add tuning: "
                            "{{method: random, trials: 12}}, or list them: {{grid: […]}}",
                            axis.name));
      } else if (axis.range && draft.tuning->search.by == search_method::kind::grid) {
        errors.add(at,
                   fmt::format("{}: a grid has no intervals; list the values, or use tuning.method: random",
                               axis.name));
      } else if (draft.tuning && of_problem) {
        errors.add(at,
                   fmt::format("{}: tuning chooses an optimizer's hyperparameters, not the problem's; list "
                               "several problems instead",
                               axis.name));
      }
    }
  });
}

std::string describe(const planned_trial& trial) {
  return fmt::format("{} on {}", trial.spec.optimizer.label, trial.spec.problem.label);
}

}  // namespace

std::vector<planned_trial> expand(const experiment_draft& draft, diagnostics& errors) {
  std::vector<planned_trial> trials;
  check_axes(draft, errors);
  if (!errors.empty()) return trials;
  if (count_trials(draft) > plan_limit) {
    errors.add(draft.at,
               fmt::format("problems x optimizers x search points x repetitions are more than {} trials; "
                           "search fewer values",
                           plan_limit));
    return trials;
  }
  std::unordered_map<std::string, std::size_t> first_of;
  const auto add = [&](planned_trial trial, const place& at) {
    trial.hash = content_hash(trial.spec);
    const auto [first, is_new] = first_of.emplace(trial.hash, trials.size());
    if (is_new) {
      trials.push_back(std::move(trial));
    } else if (trial.role == trial_role::result) {  // a search may well draw a point twice
      errors.add(at, fmt::format("{} would repeat the trials of {}; change one, or leave it out",
                                 describe(trial), describe(trials[first->second])));
    }
  };
  for_each_pair(draft, [&](std::size_t i, const optimizer_draft& optimizer) {
    const std::vector<search_axis> axes = axes_of(draft.problems[i], draft.training[i], optimizer);
    if (draft.tuning && !axes.empty()) {
      for (const search_point& point : search_points(draft.tuning->search, axes, draft.seed)) {
        planned_trial trial{specify(draft, i, optimizer, point.values), "", trial_role::search, point.shares};
        trial.spec.repetition = search_repetition;
        if (draft.tuning->stop_early) {
          const std::vector<amount> rungs = rungs_of(trial.spec.train.budget, *draft.tuning->stop_early);
          if (!rungs.empty()) trial.spec.train.stop_after = rungs.front();
        }
        add(std::move(trial), optimizer.at);
      }
      return;
    }
    for (std::uint64_t p = 0; p < point_count(axes) * draft.repetitions; ++p) {
      planned_trial trial{specify(draft, i, optimizer, point_at(axes, p / draft.repetitions)), ""};
      trial.spec.repetition = p % draft.repetitions;
      add(std::move(trial), optimizer.at);
    }
  });
  return trials;
}

}  // namespace ravine
