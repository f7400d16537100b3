#include "compare/performance_profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace ravine {

std::vector<double> performance_ratios(std::span<const double> costs) {
  constexpr double never = std::numeric_limits<double>::infinity();
  double best = never;
  for (const double cost : costs) best = std::fmin(best, cost);
  std::vector<double> ratios;
  for (const double cost : costs) {
    const bool solved = std::isfinite(cost);
    ratios.push_back(!solved ? never : cost == best ? 1 : cost / best);
  }
  return ratios;
}

double profile_at(std::span<const double> ratios, double tau) {
  const auto within =
      std::ranges::count_if(ratios, [&](double ratio) { return std::isfinite(ratio) && ratio <= tau; });
  return static_cast<double>(within) / static_cast<double>(ratios.size());
}

void add_performance_profile(comparison& compared) {
  std::vector<const problem_summary*> with_target;
  for (const problem_summary& problem : compared.problems) {
    if (!problem.target_metric.empty()) with_target.push_back(&problem);
  }
  if (with_target.empty()) return;
  for (const std::size_t each : with_target[0]->chosen) {
    const std::string& optimizer = with_target[0]->configurations[each].optimizer;
    if (std::ranges::all_of(with_target, [&](const problem_summary* problem) {
          return problem->chosen_line(optimizer) != nullptr;
        })) {
      compared.profile.push_back({optimizer, {}});
    }
  }
  for (const problem_summary* problem : with_target) {
    compared.profile_problems.push_back(problem->problem);
    const cost_unit unit = cost_unit_of(problem->target_metric);
    std::vector<double> costs;
    for (const profile_summary& each : compared.profile) {
      costs.push_back(problem->chosen_line(each.optimizer)->times->in(unit).expected);
    }
    const std::vector<double> ratios = performance_ratios(costs);
    for (std::size_t i = 0; i < ratios.size(); ++i) compared.profile[i].ratios.push_back(ratios[i]);
  }
}

}  // namespace ravine
