#include "compare/comparison.hpp"

#include "compare/choices.hpp"
#include "compare/grouping.hpp"
#include "compare/interquartile_mean.hpp"
#include "compare/leaders.hpp"
#include "compare/mean_ranks.hpp"
#include "compare/pairing.hpp"
#include "compare/performance_profile.hpp"
#include "compare/runtime_profile.hpp"
#include "compare/score.hpp"
#include "compare/summary.hpp"
#include "compare/tuning.hpp"
#include "compare/warnings.hpp"
#include "core/nearest.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

using results = std::vector<const trial_result*>;

results finished(const trial_group& line) {
  results all;
  for (const repetition& each : line.repetitions) {
    if (each.trial->result.status != trial_status::interrupted) all.push_back(&each.trial->result);
  }
  return all;
}

/// The least and the greatest of n values hold the median between them with probability 1 - 2^(1-n), and no
/// bootstrap goes beyond them: of 4 values that is 88 %, and of 5 94 %.
constexpr std::size_t fewest_for_interval = 5;

score_summary summarize_score(const trial_group& line, const std::string& metric) {
  score_summary score;
  score.metric = metric;
  score.values = amounts_of(line, [&](const trial_result& trial) { return final_score(trial, metric); });
  std::vector<double> best;
  if (!metric.starts_with("test_")) {
    best = amounts_of(line, [&](const trial_result& trial) { return best_score(trial, metric); });
  }
  score.best = median(best);
  score.median = median(score.values);
  score.mean = mean(score.values);
  score.standard_deviation = standard_deviation(score.values);
  score.interquartile_mean = interquartile_mean(score.values);
  if (score.values.size() < fewest_for_interval) return score;
  const std::array<sorted_statistic, 2> statistics{
      [](std::span<const double> sorted) { return sorted_quantile(sorted, 0.5); }, sorted_interquartile_mean};
  const std::vector<interval> intervals = bootstrap_intervals(score.values, statistics);
  score.median_interval = intervals[0];
  score.interquartile_mean_interval = intervals[1];
  return score;
}

template <class Amount>
double median_of(const results& trials, Amount amount) {
  std::vector<double> values;
  for (const trial_result* trial : trials) values.push_back(amount(*trial));
  return median(values);
}

void count_statuses(const trial_group& line, configuration_summary& summary) {
  for (const repetition& each : line.repetitions) {
    const trial_result& result = each.trial->result;
    ++summary.statuses[result.status];
    if (result.status == trial_status::interrupted) {
      ++summary.interrupted;
    } else {
      ++summary.repetitions;
      if (!result.succeeded()) summary.failures.push_back({each.number, result.status, result.reason});
    }
  }
}

double per(double amount, std::uint64_t count) {
  return count == 0 ? 0 : amount / static_cast<double>(count);
}

configuration_summary summarize_configuration(const trial_group& line, const problem_summary& problem) {
  configuration_summary summary;
  summary.optimizer = line.optimizer;
  summary.point = line.point;
  if (!line.repetitions.empty()) summary.shares = line.repetitions.front().trial->shares;
  summary.role = line.role;
  summary.studies = line.studies;
  count_statuses(line, summary);
  const results trials = finished(line);
  for (const std::string& metric : problem.metrics) {
    summary.scores.push_back(summarize_score(line, metric));
  }
  if (!problem.target_metric.empty()) {
    summary.times = measure_time_to_target(trials, {problem.target_metric, problem.targets});
  }
  summary.parameters =
      median_of(trials, [](const trial_result& trial) { return static_cast<double>(trial.parameters); });
  summary.seconds = median_of(trials, [](const trial_result& trial) { return trial.spent.seconds(); });
  summary.optimizer_seconds_per_step = median_of(trials, [](const trial_result& trial) {
    return per(trial.spent.optimizer_seconds, trial.spent.steps);
  });
  summary.state_bytes_per_parameter = median_of(trials, [](const trial_result& trial) {
    return per(static_cast<double>(trial.state_bytes), trial.parameters);
  });
  summary.scratch_bytes_per_parameter = median_of(trials, [](const trial_result& trial) {
    return per(static_cast<double>(trial.scratch_bytes), trial.parameters);
  });
  return summary;
}

const score_summary* find_score(const configuration_summary& line, const std::string& metric) {
  const auto found = std::ranges::find(line.scores, metric, &score_summary::metric);
  return found == line.scores.end() ? nullptr : &*found;
}

/// What tuning chose comes before what it tried, and more repetitions before fewer.
bool is_better_point(const configuration_summary& a, const configuration_summary& b,
                     const std::string& metric) {
  if (a.role != b.role) return a.role == trial_role::result;
  if (a.repetitions != b.repetitions) return a.repetitions > b.repetitions;
  const score_summary* const first = find_score(a, metric);
  const score_summary* const second = find_score(b, metric);
  if (first == nullptr || second == nullptr) return false;
  if (first->median != second->median) return is_better(first->median, second->median, metric);
  return is_better(first->mean, second->mean, metric);
}

std::vector<std::size_t> choose_points(const problem_summary& problem) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < problem.configurations.size(); ++i) {
    const configuration_summary& line = problem.configurations[i];
    const auto rival = std::ranges::find_if(
        chosen, [&](std::size_t each) { return problem.configurations[each].optimizer == line.optimizer; });
    if (rival == chosen.end()) {
      chosen.push_back(i);
    } else if (is_better_point(line, problem.configurations[*rival], problem.selection_metric)) {
      *rival = i;
    }
  }
  return chosen;
}

/// Those of any of its trials, easiest first: experiments may ask about different ones beside the same
/// target.
std::vector<double> targets_of(const problem_group& group) {
  const stored_trial& first = *group.configurations.front().repetitions.front().trial;
  if (first.target_metric.empty()) return {};
  std::set<double> values;
  for (const trial_group& line : group.configurations) {
    for (const repetition& each : line.repetitions) {
      values.insert(each.trial->easier_targets.begin(), each.trial->easier_targets.end());
    }
  }
  values.erase(first.target_value);
  std::vector<double> targets(values.begin(), values.end());
  if (!higher_is_better(first.target_metric)) std::ranges::reverse(targets);
  targets.push_back(first.target_value);
  return targets;
}

problem_summary summarize_problem(const problem_group& group) {
  problem_summary problem;
  problem.problem = group.problem;
  results all;
  for (const trial_group& line : group.configurations) {
    for (const repetition& each : line.repetitions) all.push_back(&each.trial->result);
  }
  const stored_trial& first = *group.configurations.front().repetitions.front().trial;
  problem.target_metric = first.target_metric;
  problem.target_value = first.target_value;
  problem.targets = targets_of(group);
  problem.metrics = score_metrics(all);
  problem.selection_metric = selection_metric(problem.metrics);
  for (const trial_group& line : group.configurations)
    problem.configurations.push_back(summarize_configuration(line, problem));
  problem.chosen = choose_points(problem);
  problem.leaders = find_leaders(group, problem);
  problem.sensitivities = sensitivities(problem);
  problem.choices = find_choices(group, problem);
  problem.tuning_budgets = tuning_budgets(problem);
  problem.warnings = find_warnings(group, problem);
  return problem;
}

void pair_all(const problem_group& group, const std::string& baseline, problem_summary& problem) {
  if (problem.metrics.empty()) return;
  const auto reference = std::ranges::find_if(
      problem.chosen, [&](std::size_t each) { return problem.configurations[each].optimizer == baseline; });
  if (reference == problem.chosen.end()) return;
  for (const std::size_t each : problem.chosen) {
    if (each == *reference) continue;
    for (const std::string& metric : problem.metrics) {
      paired_summary pair = pair_with(group.configurations[each], group.configurations[*reference], metric);
      pair.problem = problem.problem;
      const bool is_first = metric == problem.metrics.front();
      if (!is_first) pair.adjusted_p_value = std::numeric_limits<double>::quiet_NaN();
      (is_first ? problem.paired : problem.paired_further).push_back(std::move(pair));
    }
  }
  warn_of_alike_repetitions(problem);
}

/// All pairs of all problems are one family of tests.
void adjust_all(comparison& compared, std::span<const paired_test> family) {
  std::vector<paired_summary> shown;
  for (const problem_summary& problem : compared.problems) {
    shown.insert(shown.end(), problem.paired.begin(), problem.paired.end());
  }
  compared.tests = adjust_for_family(shown, family);
  auto adjusted = shown.begin();
  for (problem_summary& problem : compared.problems) {
    for (paired_summary& pair : problem.paired) pair = *adjusted++;
    warn_of_few_pairs(problem, compared.tests);
  }
}

/// That something was compared with the baseline, or why not.
void check_baseline(comparison& compared, const baseline_choice& baseline) {
  std::vector<std::string> labels;
  for (const problem_summary& problem : compared.problems) {
    for (const configuration_summary& line : problem.configurations) labels.push_back(line.optimizer);
  }
  if (!baseline.note.empty()) compared.warnings.push_back(baseline.note);
  if (!baseline.label.empty() && std::ranges::find(labels, baseline.label) == labels.end()) {
    if (baseline.from == baseline_choice::origin::asked) {
      throw error(fmt::format("no problem has the baseline {}{}", baseline.label,
                              did_you_mean(baseline.label, labels)));
    }
    compared.warnings.push_back(
        fmt::format("the manifest's baseline, {}, is not among what is shown: nothing is compared with it",
                    baseline.label));
  } else {
    compared.baseline = baseline.label;
  }
}

}  // namespace

comparison compare(const std::vector<stored_trial>& trials, const baseline_choice& baseline,
                   std::span<const paired_test> family) {
  comparison all;
  for (const problem_group& group : group_trials(trials)) {
    problem_summary problem = summarize_problem(group);
    if (!baseline.label.empty()) pair_all(group, baseline.label, problem);
    all.problems.push_back(std::move(problem));
  }
  check_baseline(all, baseline);
  adjust_all(all, family);
  add_performance_profile(all);
  add_mean_ranks(all);
  all.runtimes = runtime_profiles(all.problems);
  return all;
}

std::vector<paired_test> family_of_tests(const std::vector<stored_trial>& trials,
                                         const std::string& baseline) {
  std::vector<paired_test> family;
  for (const problem_group& group : group_trials(trials)) {
    problem_summary problem = summarize_problem(group);
    pair_all(group, baseline, problem);
    for (const paired_summary& pair : problem.paired) {
      family.push_back({pair.problem, pair.optimizer, pair.p_value});
    }
  }
  return family;
}

}  // namespace ravine
