#include "compare/runtime_profile.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace ravine {
namespace {

void add(step_distribution& to, double value) {
  ++to.count;
  if (std::isfinite(value)) to.solved.push_back(value);
}

/// The optimizer's distributions over these problems; nothing if it was not run on one of them.
std::optional<runtime_line> line_of(std::span<const problem_summary* const> problems,
                                    const std::string& optimizer) {
  runtime_line line{optimizer, {}, {}};
  for (const problem_summary* problem : problems) {
    const configuration_summary* const chosen = problem->chosen_line(optimizer);
    if (chosen == nullptr) return std::nullopt;
    for (const target_summary& target : chosen->times->targets) {
      for (const double cost : target.costs) add(line.runtimes, cost);
      if (is_of_landscape(problem->target_metric)) {
        add(line.simplex_gradients, target.expected / (chosen->parameters + 1));
      }
    }
  }
  std::ranges::sort(line.runtimes.solved);
  std::ranges::sort(line.simplex_gradients.solved);
  return line;
}

}  // namespace

std::vector<runtime_summary> runtime_profiles(std::span<const problem_summary> problems) {
  std::vector<runtime_summary> all;
  for (const cost_unit unit : {cost_unit::epochs, cost_unit::evaluations}) {
    std::vector<const problem_summary*> measured;
    runtime_summary summary{std::string(to_string(unit)), {}, {}, {}};
    for (const problem_summary& problem : problems) {
      if (problem.target_metric.empty() || cost_unit_of(problem.target_metric) != unit) continue;
      measured.push_back(&problem);
      summary.problems.push_back(problem.problem);
      summary.targets.push_back(problem.targets.size());
    }
    if (measured.empty()) continue;
    for (const std::size_t each : measured.front()->chosen) {
      auto line = line_of(measured, measured.front()->configurations[each].optimizer);
      if (line) summary.lines.push_back(std::move(*line));
    }
    all.push_back(std::move(summary));
  }
  return all;
}

double share_within(const step_distribution& of, double cost) {
  const auto above = std::ranges::upper_bound(of.solved, cost);
  return static_cast<double>(above - of.solved.begin()) / static_cast<double>(of.count);
}

}  // namespace ravine
