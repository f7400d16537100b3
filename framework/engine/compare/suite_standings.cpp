#include "compare/suite_standings.hpp"

#include "compare/baseline.hpp"
#include "compare/summary.hpp"
#include "core/scalar.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ravine {
namespace {

constexpr double span_of_costs = 1000;  // from the budget down

double score_of(std::span<const double> costs, double budget) {
  double sum = 0;
  for (const double cost : costs) {
    sum += std::clamp(std::log(budget / cost) / std::log(span_of_costs), 0.0, 1.0);
  }
  return sum / static_cast<double>(costs.size());
}

/// By problem, then by optimizer.
using line_table = std::map<std::string, std::map<std::string, const suite_line*>>;

line_table table_of(std::span<const suite_line> lines) {
  line_table all;
  for (const suite_line& each : lines) all[each.problem][each.optimizer] = &each;
  return all;
}

/// Mean scores over all problems, one for each repetition that all of them have.
std::vector<double> scores_by_repetition(const std::vector<const suite_line*>& lines,
                                         const std::map<std::string, double>& budgets) {
  std::size_t repetitions = std::numeric_limits<std::size_t>::max();
  for (const suite_line* each : lines) repetitions = std::min(repetitions, each->costs.size());
  std::vector<double> means;
  for (std::size_t r = 0; r < repetitions; ++r) {
    double sum = 0;
    for (const suite_line* each : lines) sum += score_of(each->costs[r], budgets.at(each->problem));
    means.push_back(sum / static_cast<double>(lines.size()));
  }
  return means;
}

suite_standing standing_of(const std::string& optimizer, const std::vector<const suite_line*>& lines,
                           const std::map<std::string, double>& budgets) {
  suite_standing made;
  made.optimizer = optimizer;
  for (const suite_line* each : lines) {
    const double score = suite_score(each->costs, budgets.at(each->problem));
    made.scores[each->problem] = score;
    made.score += score / static_cast<double>(lines.size());
    made.trials += each->costs.size();
    made.solved += static_cast<std::size_t>(std::ranges::count_if(
        each->costs, [](const std::vector<double>& costs) { return std::isfinite(costs.back()); }));
  }
  made.score_range = bootstrap_interval(scores_by_repetition(lines, budgets), mean);
  return made;
}

/// 1 + those above + half of those beside.
double rank_of(double score, const std::vector<suite_standing>& all, const std::string& problem) {
  double rank = 0.5;  // itself is beside itself
  for (const suite_standing& other : all) {
    const double others = other.scores.at(problem);
    rank += others > score ? 1 : others == score ? 0.5 : 0;
  }
  return rank;
}

}  // namespace

std::vector<suite_line> suite_lines(const comparison& compared) {
  std::vector<suite_line> all;
  for (const problem_summary& problem : compared.problems) {
    for (const std::size_t chosen : problem.chosen) {
      const configuration_summary& line = problem.configurations[chosen];
      if (!line.times || line.scores.empty()) continue;
      suite_line& made = all.emplace_back();
      made.problem = problem.problem;
      made.optimizer = line.optimizer;
      made.final = line.scores.front().median;
      made.costs.resize(line.times->trials);
      for (const target_summary& target : line.times->targets) {
        for (std::size_t r = 0; r < made.costs.size(); ++r) made.costs[r].push_back(target.evaluations[r]);
      }
    }
  }
  return all;
}

double suite_score(std::span<const std::vector<double>> costs, double budget) {
  double sum = 0;
  for (const std::vector<double>& each : costs) sum += score_of(each, budget);
  return costs.empty() ? 0 : sum / static_cast<double>(costs.size());
}

std::vector<suite_standing> suite_standings(std::span<const suite_line> lines,
                                            const std::map<std::string, double>& budgets) {
  std::map<std::string, std::vector<const suite_line*>> by_optimizer;
  for (const auto& [problem, on_it] : table_of(lines)) {
    if (!budgets.contains(problem)) continue;
    for (const auto& [optimizer, line] : on_it) by_optimizer[optimizer].push_back(line);
  }
  std::vector<suite_standing> all;
  for (const auto& [optimizer, its] : by_optimizer) {
    if (its.size() == budgets.size()) all.push_back(standing_of(optimizer, its, budgets));
  }
  for (suite_standing& each : all) {
    for (const auto& [problem, score] : each.scores) {
      each.ranks[problem] = rank_of(score, all, problem);
      each.mean_rank += each.ranks[problem] / static_cast<double>(budgets.size());
    }
  }
  std::ranges::stable_sort(all, std::ranges::greater(), &suite_standing::score);
  return all;
}

}  // namespace ravine
