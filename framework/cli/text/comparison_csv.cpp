#include "text/comparison_text.hpp"
#include "text/csv_text.hpp"
#include "text/number_text.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

/// Over all problems, in alphabetical order.
std::set<std::string> all_metrics(const comparison& compared) {
  std::set<std::string> metrics;
  for (const problem_summary& problem : compared.problems) {
    metrics.insert(problem.metrics.begin(), problem.metrics.end());
  }
  return metrics;
}

void add_times(const configuration_summary& line, std::vector<std::string>& cells) {
  if (!line.times) {
    cells.resize(cells.size() + 11);
    return;
  }
  std::size_t lost = 0;
  for (const auto& [status, count] : line.times->lost_later) lost += count;
  for (const std::size_t count : {line.times->reached, line.times->at_start, lost}) {
    cells.push_back(fmt::format("{}", count));
  }
  for (const time_summary& each :
       {line.times->epochs, line.times->steps, line.times->evaluations, line.times->seconds}) {
    cells.push_back(exact_text(each.median));
    cells.push_back(exact_text(each.expected));
  }
}

std::vector<std::string> heading(const std::set<std::string>& metrics) {
  std::vector<std::string> cells{"problem", "optimizer", "point", "chosen", "repetitions"};
  for (const trial_status status :
       {trial_status::completed, trial_status::reached_target, trial_status::stopped_early,
        trial_status::diverged, trial_status::escaped, trial_status::failed, trial_status::crashed,
        trial_status::timed_out, trial_status::out_of_memory, trial_status::lost,
        trial_status::interrupted}) {
    cells.emplace_back(to_string(status));
  }
  for (const std::string& metric : metrics) {
    for (const char* statistic :
         {"median", "mean", "sd", "best", "median lower", "median upper", "iqm", "iqm lower", "iqm upper"}) {
      cells.push_back(fmt::format("{} {}", metric, statistic));
    }
  }
  for (const char* name :
       {"target metric", "target value", "reached", "reached at start", "lost later", "target epochs median",
        "target epochs expected", "target steps median", "target steps expected", "target evaluations median",
        "target evaluations expected", "target seconds median", "target seconds expected", "seconds",
        "optimizer seconds per step", "state bytes per parameter", "scratch bytes per parameter"}) {
    cells.emplace_back(name);
  }
  return cells;
}

std::vector<std::string> row(const problem_summary& problem, std::size_t index,
                             const std::set<std::string>& metrics) {
  const configuration_summary& line = problem.configurations[index];
  const bool chosen = std::ranges::find(problem.chosen, index) != problem.chosen.end();
  std::vector<std::string> cells{problem.problem, line.optimizer, to_string(line.point), chosen ? "1" : "0",
                                 fmt::format("{}", line.repetitions)};
  for (int status = 0; status <= static_cast<int>(trial_status::interrupted); ++status) {
    const auto found = line.statuses.find(static_cast<trial_status>(status));
    cells.push_back(fmt::format("{}", found == line.statuses.end() ? 0 : found->second));
  }
  for (const std::string& metric : metrics) {
    const auto score = std::ranges::find(line.scores, metric, &score_summary::metric);
    if (score == line.scores.end()) {
      cells.resize(cells.size() + 9);
    } else {
      for (const double value :
           {score->median, score->mean, score->standard_deviation, score->best, score->median_interval.lower,
            score->median_interval.upper, score->interquartile_mean, score->interquartile_mean_interval.lower,
            score->interquartile_mean_interval.upper}) {
        cells.push_back(exact_text(value));
      }
    }
  }
  const bool target = !problem.target_metric.empty();
  cells.push_back(problem.target_metric);
  cells.push_back(target ? exact_text(problem.target_value) : "");
  add_times(line, cells);
  for (const double value : {line.seconds, line.optimizer_seconds_per_step, line.state_bytes_per_parameter,
                             line.scratch_bytes_per_parameter}) {
    cells.push_back(exact_text(value));
  }
  return cells;
}

std::string lines_csv(const comparison& compared) {
  const std::set<std::string> metrics = all_metrics(compared);
  std::string text = csv_line(heading(metrics));
  for (const problem_summary& problem : compared.problems) {
    for (std::size_t i = 0; i < problem.configurations.size(); ++i)
      text += csv_line(row(problem, i, metrics));
  }
  return text;
}

std::string paired_line(const std::string& problem, const paired_summary& pair) {
  return csv_line({problem, pair.optimizer, pair.metric, fmt::format("{}", pair.differences.size()),
                   exact_text(pair.mean_difference), exact_text(pair.difference.estimate),
                   exact_text(pair.difference.range.lower), exact_text(pair.difference.range.upper),
                   exact_text(pair.difference.confidence), exact_text(pair.probability_better),
                   exact_text(pair.p_value), exact_text(pair.adjusted_p_value), exact_text(pair.correlation),
                   exact_text(pair.deviation), exact_text(pair.unpaired_deviation),
                   exact_text(pair.pairs_needed), exact_text(pair.unpaired_needed)});
}

/// By all metrics; those after the first are corrected for nothing.
std::string paired_csv(const comparison& compared) {
  std::string text = csv_line({"problem", "optimizer", "metric", "pairs", "mean difference", "difference",
                               "lower", "upper", "confidence", "P(better)", "p", "p Holm", "correlation",
                               "sd", "sd unpaired", "pairs needed", "unpaired needed"});
  for (const problem_summary& problem : compared.problems) {
    for (const auto* pairs : {&problem.paired, &problem.paired_further}) {
      for (const paired_summary& pair : *pairs) text += paired_line(problem.problem, pair);
    }
  }
  return text;
}

std::string sensitivity_csv(const comparison& compared) {
  std::string text =
      csv_line({"problem", "optimizer", "hyperparameter", "metric", "value", "score", "best", "within 5 %"});
  for (const problem_summary& problem : compared.problems) {
    for (const sensitivity_summary& each : problem.sensitivities) {
      for (std::size_t i = 0; i < each.values.size(); ++i) {
        const bool within = each.values[i] >= each.range.lower && each.values[i] <= each.range.upper;
        text += csv_line({problem.problem, each.optimizer, each.hyperparameter, each.metric,
                          exact_text(each.values[i]), exact_text(each.scores[i]),
                          i == each.range.best ? "1" : "0", within ? "1" : "0"});
      }
    }
  }
  return text;
}

std::string budget_csv(const comparison& compared) {
  std::string text = csv_line({"problem", "optimizer", "metric", "points", "expected best"});
  for (const problem_summary& problem : compared.problems) {
    for (const budget_summary& each : problem.tuning_budgets) {
      for (std::size_t k = 0; k < each.expected_best.size(); ++k) {
        text += csv_line({problem.problem, each.optimizer, each.metric, fmt::format("{}", k + 1),
                          exact_text(each.expected_best[k])});
      }
    }
  }
  return text;
}

std::string profile_csv(const comparison& compared) {
  std::string text = csv_line({"optimizer", "problem", "ratio"});
  for (const profile_summary& each : compared.profile) {
    for (std::size_t i = 0; i < each.ratios.size(); ++i) {
      text += csv_line({each.optimizer, compared.profile_problems[i], exact_text(each.ratios[i])});
    }
  }
  return text;
}

/// A row for each target of each line.
std::string targets_csv(const comparison& compared) {
  std::string text =
      csv_line({"problem", "optimizer", "point", "metric", "target", "reached", "unit", "expected"});
  for (const problem_summary& problem : compared.problems) {
    const std::string unit(to_string(cost_unit_of(problem.target_metric)));
    for (const configuration_summary& line : problem.configurations) {
      if (!line.times) continue;
      for (const target_summary& each : line.times->targets) {
        text += csv_line({problem.problem, line.optimizer, to_string(line.point), problem.target_metric,
                          exact_text(each.value), fmt::format("{}", each.reached), unit,
                          exact_text(each.expected)});
      }
    }
  }
  return text;
}

void add_steps(const std::vector<std::string>& names, const step_distribution& of, std::string& text) {
  for (std::size_t i = 0; i < of.solved.size(); ++i) {
    const double share = static_cast<double>(i + 1) / static_cast<double>(of.count);
    std::vector<std::string> cells = names;
    cells.push_back(exact_text(of.solved[i]));
    cells.push_back(exact_text(share));
    text += csv_line(cells);
  }
}

/// A row for each rise of each distribution.
std::string runtimes_csv(const comparison& compared) {
  std::string text = csv_line({"unit", "optimizer", "distribution", "cost", "share"});
  for (const runtime_summary& summary : compared.runtimes) {
    for (const runtime_line& line : summary.lines) {
      add_steps({summary.unit, line.optimizer, "runtimes"}, line.runtimes, text);
      add_steps({summary.unit, line.optimizer, "simplex gradients"}, line.simplex_gradients, text);
    }
  }
  return text;
}

}  // namespace

std::string comparison_csv(const comparison& compared, section shown) {
  switch (shown) {
    case section::paired:
    case section::enough:
      return paired_csv(compared);
    case section::sensitivity:
    case section::curves:
      return sensitivity_csv(compared);
    case section::budget:
      return budget_csv(compared);
    case section::profile:
      return profile_csv(compared);
    case section::targets:
      return targets_csv(compared);
    case section::runtimes:
      return runtimes_csv(compared);
    case section::scores:
    case section::intervals:
    case section::expected:
      break;  // columns of the lines
  }
  return lines_csv(compared);
}

}  // namespace ravine::cli
