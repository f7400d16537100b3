#include "manifest/resolve.hpp"

#include "core/nearest.hpp"
#include "core/scalar.hpp"
#include "manifest/grammar.hpp"
#include "manifest/landscape_target_check.hpp"
#include "manifest/names.hpp"
#include "plugin/task.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <variant>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr double default_evaluations = 100;         // of a landscape, over the budget
constexpr double steps_between_evaluations = 1000;  // where the budget does not tell the number of steps

amount default_budget(cost_unit unit) {
  const key_grammar& key = grammar::train.at(to_string(unit));
  return {parse_real(key.fallback).value(), unit};
}

setting default_batch_size() { return parse_scalar(grammar::train.at("batch_size").fallback); }

bool is_landscape(const problem_draft& problem) { return problem.kind == problem_kind::landscape; }

/// Whether a part of the data is kept for validation, whatever is searched.
bool has_validation(const problem_draft& problem) {
  if (problem.source == nullptr) return true;
  const data_option* const count = problem.source->find_option("validation");
  if (count == nullptr) return true;
  for (const search_axis& axis : problem.data_with.searched) {
    if (axis.name != "validation") continue;
    return std::find(axis.values.begin(), axis.values.end(), setting(std::int64_t{0})) == axis.values.end();
  }
  const auto given = problem.data_with.fixed.find("validation");
  return (given == problem.data_with.fixed.end() ? count->default_value : given->second) !=
         setting(std::int64_t{0});
}

bool has_metric(const problem_draft& problem, const std::string& metric) {
  const std::vector<std::string> all = metrics_of(problem);
  return std::find(all.begin(), all.end(), metric) != all.end();
}

std::string budget_name(const std::string& owner, const amount& budget) {
  return fmt::format("{}train.{}", owner, to_string(budget.unit));
}

amount resolve_budget(const problem_draft& problem, const train_block& common, diagnostics& errors) {
  const bool own = problem.train.budget.has_value();
  const auto& given = own ? problem.train.budget : common.budget;
  if (!given) return default_budget(is_landscape(problem) ? cost_unit::steps : cost_unit::epochs);
  if (is_landscape(problem) && given->value.unit == cost_unit::epochs) {
    const std::string name = budget_name(own ? problem.name + "." : "", given->value);
    errors.add(given->at,
               own ? name + ": a landscape has no epochs; expected steps, evaluations or seconds"
                   : fmt::format("{}: {} is a landscape, which has no epochs; give it a budget of its own, "
                                 "{}: train: {{steps: …}}",
                                 name, problem.title(), problem.name));
  }
  return given->value;
}

std::vector<setting> resolve_batch_sizes(const problem_draft& problem, const train_block& common,
                                         diagnostics& errors) {
  if (is_landscape(problem)) {
    if (const auto& own = problem.train.batch_sizes) {
      errors.add(own->at, problem.name + ".train.batch_size: a landscape has no batches; leave it out");
    }
    return {};
  }
  if (problem.train.batch_sizes) return problem.train.batch_sizes->value;
  if (common.batch_sizes) return common.batch_sizes->value;
  return {default_batch_size()};
}

std::optional<located<std::uint64_t>> resolve_lr_reference(const problem_draft& problem,
                                                           const train_block& common, diagnostics& errors) {
  const auto& own = problem.train.lr_reference;
  if (is_landscape(problem)) {
    if (own)
      errors.add(own->at,
                 problem.name + ".train.scale_lr_with_batch: a landscape has no batches; leave it out");
    return std::nullopt;
  }
  const auto& given = own ? own : common.lr_reference;
  if (!given || !given->value) return std::nullopt;
  return located<std::uint64_t>{*given->value, given->at};
}

amount default_interval(const problem_draft& problem, const amount& budget) {
  if (!is_landscape(problem)) return {1, cost_unit::epochs};
  if (budget.unit == cost_unit::seconds) return {steps_between_evaluations, cost_unit::steps};
  return {std::max(1.0, std::floor(budget.count / default_evaluations)), cost_unit::steps};
}

amount resolve_interval(const problem_draft& problem, const evaluate_block& common, const amount& budget,
                        diagnostics& errors) {
  if (const auto& own = problem.evaluate.every) {
    if (is_landscape(problem) && own->value.unit == cost_unit::epochs) {
      errors.add(own->at, problem.name + ".evaluate.every: a landscape has no epochs; expected {steps: …}");
    }
    return own->value;
  }
  const bool usable =
      common.every && !(is_landscape(problem) && common.every->value.unit == cost_unit::epochs);
  return usable ? common.every->value : default_interval(problem, budget);
}

std::optional<target_spec> resolve_target(const problem_draft& problem, const evaluate_block& common,
                                          diagnostics& errors) {
  const bool own = problem.evaluate.targets.has_value();
  const auto& given = own ? problem.evaluate.targets : common.targets;
  std::optional<target_spec> target;
  if (!given) return target;
  for (const located<target_spec>& each : *given) {
    const std::string name =
        fmt::format("{}evaluate.target.{}", own ? problem.name + "." : "", each.value.metric);
    if (!has_metric(problem, each.value.metric)) {
      if (!own) continue;
      errors.add(each.at, fmt::format("{}: {} has no such metric{}", name, problem.title(),
                                      expected_name(each.value.metric, metrics_of(problem))));
    } else if (target) {
      errors.add(each.at, fmt::format("{}: {} has a target of {} already; a problem has one target", name,
                                      problem.title(), target->metric));
    } else {
      target = is_landscape(problem) ? check_landscape_target(problem, each, name, errors) : each.value;
    }
  }
  return target;
}

bool resolve_stop(const problem_draft& problem, const evaluate_block& common,
                  const std::optional<target_spec>& target, diagnostics& errors) {
  const bool own = problem.evaluate.stop_at_target.has_value();
  const auto& given = own ? problem.evaluate.stop_at_target : common.stop_at_target;
  if (!given || !given->value) return false;
  const std::string name = (own ? problem.name + "." : "") + "evaluate.stop_at_target";
  if (!target) {
    if (own) errors.add(given->at, fmt::format("{}: {} has no target to stop at", name, problem.title()));
    return false;
  }
  if (target->metric.starts_with("test_")) {
    errors.add(given->at,
               fmt::format("{}: {} is reported, and nothing may be chosen by it; stop at a validation metric",
                           name, target->metric));
  }
  return true;
}

/// A common interval in epochs does not apply to a landscape.
std::optional<curvature_spec> resolve_curvature(const problem_draft& problem, const evaluate_block& common,
                                                diagnostics& errors) {
  const bool own = problem.evaluate.curvature.has_value();
  const auto& given = own ? problem.evaluate.curvature : common.curvature;
  if (!given || !given->value) return std::nullopt;
  if (!is_landscape(problem) || given->value->every.unit != cost_unit::epochs) return given->value;
  if (own) {
    errors.add(given->at,
               problem.name + ".evaluate.curvature.every: a landscape has no epochs; expected {steps: …}");
  }
  return std::nullopt;
}

/// What the experiment's blocks say in vain.
void check_common(const std::vector<problem_draft>& problems, const std::vector<resolved_training>& resolved,
                  const train_block& train, const evaluate_block& evaluate, diagnostics& errors) {
  const auto no_problem = [&](auto&& fits) { return std::none_of(problems.begin(), problems.end(), fits); };
  const bool no_data = no_problem([](const problem_draft& p) { return !is_landscape(p); });
  if (train.batch_sizes && no_data) {
    errors.add(train.batch_sizes->at,
               "train.batch_size: no problem has data, and so none has batches; leave it out");
  }
  if (train.lr_reference && no_data) {
    errors.add(train.lr_reference->at,
               "train.scale_lr_with_batch: no problem has data, and so none has batches; leave it out");
  }
  if (evaluate.every && evaluate.every->value.unit == cost_unit::epochs && no_data) {
    errors.add(evaluate.every->at,
               "evaluate.every: no problem has data, and so none has epochs; expected {steps: …}");
  }
  if (const auto& given = evaluate.curvature;
      given && given->value && given->value->every.unit == cost_unit::epochs && no_data) {
    errors.add(given->at,
               "evaluate.curvature.every: no problem has data, and so none has epochs; expected {steps: …}");
  }
  for (const auto& each : evaluate.targets.value_or(std::vector<located<target_spec>>{})) {
    const std::string& metric = each.value.metric;
    if (!no_problem([&](const problem_draft& p) { return has_metric(p, metric); })) continue;
    const bool left_out = !no_data && metric.starts_with("validation_");
    errors.add(each.at, fmt::format("evaluate.target.{}: no problem has this metric{}", metric,
                                    left_out ? ", as validation: 0 keeps no examples for it" : ""));
  }
  const bool no_target = std::none_of(resolved.begin(), resolved.end(), [](const resolved_training& r) {
    return r.evaluate.target.has_value();
  });
  if (evaluate.stop_at_target && evaluate.stop_at_target->value && no_target) {
    errors.add(evaluate.stop_at_target->at, "evaluate.stop_at_target: there is no target to stop at");
  }
}

}  // namespace

std::vector<std::string> metrics_of(const problem_draft& problem) {
  using measured_on = metric_grammar::measured_on;
  const bool validated = has_validation(problem);
  const bool numbers = problem.model != nullptr && predicts_numbers(*problem.model);
  std::vector<std::string> names;
  for (const metric_grammar& metric : metrics) {
    if (numbers && metric.name.ends_with("accuracy")) continue;
    const bool fits = is_landscape(problem) == (metric.where == measured_on::landscape);
    if (fits && (validated || metric.where != measured_on::validation)) names.emplace_back(metric.name);
  }
  return names;
}

std::vector<resolved_training> resolve(const std::vector<problem_draft>& problems, const train_block& train,
                                       const evaluate_block& evaluate, diagnostics& errors) {
  std::vector<resolved_training> all;
  const auto is_known = [](const problem_draft& p) { return p.kind.has_value(); };
  for (const problem_draft& problem : problems) {
    resolved_training& now = all.emplace_back();
    if (!is_known(problem)) continue;
    now.budget = resolve_budget(problem, train, errors);
    now.batch_sizes = resolve_batch_sizes(problem, train, errors);
    now.lr_reference = resolve_lr_reference(problem, train, errors);
    now.clip = problem.train.clip ? *problem.train.clip : train.clip.value_or(clip_spec{});
    now.evaluate.every = resolve_interval(problem, evaluate, now.budget, errors);
    now.evaluate.target = resolve_target(problem, evaluate, errors);
    now.evaluate.stop_at_target = resolve_stop(problem, evaluate, now.evaluate.target, errors);
    now.evaluate.curvature = resolve_curvature(problem, evaluate, errors);
  }
  // An unknown model may be what an entry was meant for.
  if (!problems.empty() && std::all_of(problems.begin(), problems.end(), is_known)) {
    check_common(problems, all, train, evaluate, errors);
  }
  return all;
}

}  // namespace ravine
