#include "compare/score.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>

namespace ravine {
namespace {

constexpr std::array<std::string_view, 6> telling{"test_accuracy",   "validation_accuracy", "test_loss",
                                                  "validation_loss", "train_loss",          "loss"};
constexpr std::array<std::string_view, 4> selecting{"validation_loss", "validation_accuracy", "loss",
                                                    "train_loss"};

bool has(const trial_result& trial, std::string_view metric) {
  return std::ranges::any_of(trial.evaluations, [&](const evaluation& each) {
    return each.metrics.find(std::string(metric)) != each.metrics.end();
  });
}

/// Older trials have none, whose loss is all there is to compare.
bool has_gap(std::span<const trial_result* const> trials) {
  bool found = false;
  for (const trial_result* trial : trials) {
    if (has(*trial, "loss") != has(*trial, "gap")) return false;
    found = found || has(*trial, "gap");
  }
  return found;
}

/// Whether the landscape's minimum is not 0.
bool gap_differs(const trial_result& trial) {
  return std::ranges::any_of(trial.evaluations, [](const evaluation& each) {
    const auto loss = each.metrics.find("loss"), gap = each.metrics.find("gap");
    return loss != each.metrics.end() && gap != each.metrics.end() && std::isfinite(loss->second) &&
           loss->second != gap->second;
  });
}

/// What models measure of their own, in the order of the alphabet.
std::set<std::string> own_metrics(std::span<const trial_result* const> trials) {
  std::set<std::string> found;
  for (const trial_result* trial : trials) {
    if (trial->evaluations.empty()) continue;
    for (const auto& [name, value] : trial->evaluations.back().metrics) {
      if (is_own_metric(name)) found.insert(name);
    }
  }
  return found;
}

}  // namespace

bool is_own_metric(std::string_view metric) {
  const bool is_of_part = metric.starts_with("test_") || metric.starts_with("validation_");
  return is_of_part && std::ranges::find(telling, metric) == telling.end();
}

double worst_score(std::string_view metric) {
  return higher_is_better(metric) ? 0 : std::numeric_limits<double>::infinity();
}

std::optional<double> final_value(const trial_result& trial, std::string_view metric) {
  if (!trial.succeeded() || trial.evaluations.empty()) return std::nullopt;
  const auto& last = trial.evaluations.back().metrics;
  const auto found = last.find(std::string(metric));
  return found == last.end() || std::isnan(found->second) ? std::nullopt : std::optional(found->second);
}

double final_score(const trial_result& trial, std::string_view metric) {
  return final_value(trial, metric).value_or(worst_score(metric));
}

double best_score(const trial_result& trial, std::string_view metric) {
  double best = worst_score(metric);
  for (const evaluation& each : trial.evaluations) {
    const auto found = each.metrics.find(std::string(metric));
    if (found != each.metrics.end() && is_better(found->second, best, metric)) best = found->second;
  }
  return best;
}

bool is_better(double a, double b, std::string_view metric) {
  if (std::isnan(a)) return false;
  if (std::isnan(b)) return true;
  return higher_is_better(metric) ? a > b : a < b;
}

std::vector<std::string> score_metrics(std::span<const trial_result* const> trials) {
  std::vector<std::string> metrics;
  for (const std::string_view metric : telling) {
    if (std::ranges::any_of(trials, [&](const trial_result* trial) { return has(*trial, metric); })) {
      metrics.emplace_back(metric);
    }
  }
  std::ranges::copy(own_metrics(trials), std::back_inserter(metrics));
  if (has_gap(trials)) {
    const bool differs =
        std::ranges::any_of(trials, [](const trial_result* trial) { return gap_differs(*trial); });
    metrics.insert(differs ? std::ranges::find(metrics, "loss") : metrics.end(), "gap");
  }
  return metrics;
}

std::string selection_metric(std::span<const std::string> metrics) {
  for (const std::string_view metric : selecting) {
    if (std::ranges::find(metrics, metric) != metrics.end()) return std::string(metric);
  }
  return "";
}

}  // namespace ravine
