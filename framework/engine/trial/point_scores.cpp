#include "trial/point_scores.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

namespace ravine {
namespace {

constexpr double failed = std::numeric_limits<double>::infinity();

bool failed_now_and_then(const std::vector<double>& values) {
  const auto failures = static_cast<std::size_t>(std::ranges::count(values, failed));
  return failures > 0 && failures < values.size();
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  const double above = values[values.size() / 2];
  const double below = values[(values.size() - 1) / 2];
  return above == failed ? failed : std::midpoint(below, above);
}

}  // namespace

std::vector<double> point_scores(std::span<const std::vector<double>> values) {
  const bool by_median = std::ranges::any_of(values, failed_now_and_then);
  std::vector<double> scores;
  scores.reserve(values.size());
  for (const std::vector<double>& each : values) {
    scores.push_back(by_median ? median_of(each) : mean_of(each));
  }
  return scores;
}

}  // namespace ravine
