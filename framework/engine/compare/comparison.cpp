#include "compare/comparison.hpp"

#include "compare/grouping.hpp"
#include "compare/score.hpp"
#include "compare/summary.hpp"

#include <algorithm>

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

score_summary summarize_score(const results& trials, const std::string& metric) {
  score_summary score;
  score.metric = metric;
  for (const trial_result* trial : trials) score.values.push_back(final_score(*trial, metric));
  score.median = median(score.values);
  score.mean = mean(score.values);
  score.standard_deviation = standard_deviation(score.values);
  return score;
}

template <class Amount>
double median_of(const results& trials, Amount amount) {
  std::vector<double> values;
  for (const trial_result* trial : trials) values.push_back(amount(*trial));
  return median(values);
}

void count_statuses(const trial_group& line, line_summary& summary) {
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

line_summary summarize_line(const trial_group& line, const problem_summary& problem) {
  line_summary summary;
  summary.optimizer = line.optimizer;
  summary.point = line.point;
  count_statuses(line, summary);
  const results trials = finished(line);
  for (const std::string& metric : problem.metrics) {
    summary.scores.push_back(summarize_score(trials, metric));
  }
  if (!problem.target_metric.empty()) summary.times = measure_time_to_target(trials);
  summary.seconds = median_of(trials, [](const trial_result& trial) { return trial.spent.seconds(); });
  summary.optimizer_seconds_per_step = median_of(trials, [](const trial_result& trial) {
    return per(trial.spent.optimizer_seconds, trial.spent.steps);
  });
  summary.state_bytes_per_parameter = median_of(trials, [](const trial_result& trial) {
    return per(static_cast<double>(trial.state_bytes), trial.parameters);
  });
  return summary;
}

const score_summary* find_score(const line_summary& line, const std::string& metric) {
  const auto found = std::ranges::find(line.scores, metric, &score_summary::metric);
  return found == line.scores.end() ? nullptr : &*found;
}

/// More repetitions first: a search that was tuned runs its winner again with all of them.
bool is_better_point(const line_summary& a, const line_summary& b, const std::string& metric) {
  if (a.repetitions != b.repetitions) return a.repetitions > b.repetitions;
  const score_summary* const first = find_score(a, metric);
  const score_summary* const second = find_score(b, metric);
  if (first == nullptr || second == nullptr) return false;
  if (first->median != second->median) return is_better(first->median, second->median, metric);
  return is_better(first->mean, second->mean, metric);
}

std::vector<std::size_t> choose_points(const problem_summary& problem) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < problem.lines.size(); ++i) {
    const line_summary& line = problem.lines[i];
    const auto rival = std::ranges::find_if(
        chosen, [&](std::size_t each) { return problem.lines[each].optimizer == line.optimizer; });
    if (rival == chosen.end()) {
      chosen.push_back(i);
    } else if (is_better_point(line, problem.lines[*rival], problem.selection_metric)) {
      *rival = i;
    }
  }
  return chosen;
}

problem_summary summarize_problem(const problem_group& group) {
  problem_summary problem;
  problem.problem = group.problem;
  results all;
  for (const trial_group& line : group.lines) {
    for (const repetition& each : line.repetitions) all.push_back(&each.trial->result);
  }
  const stored_trial& first = *group.lines.front().repetitions.front().trial;
  problem.target_metric = first.target_metric;
  problem.target_value = first.target_value;
  problem.metrics = score_metrics(all);
  problem.selection_metric = selection_metric(problem.metrics);
  for (const trial_group& line : group.lines) problem.lines.push_back(summarize_line(line, problem));
  problem.chosen = choose_points(problem);
  return problem;
}

}  // namespace

std::string line_summary::name() const {
  return point.empty() ? optimizer : optimizer + " " + to_string(point);
}

comparison compare(const std::vector<stored_trial>& trials) {
  comparison all;
  for (const problem_group& group : group_trials(trials)) all.problems.push_back(summarize_problem(group));
  return all;
}

}  // namespace ravine
