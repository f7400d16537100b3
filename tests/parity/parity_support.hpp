#pragma once

#include "core/settings.hpp"
#include "plugin/registry.hpp"
#include "train/trial.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace ravine::testing {

/// Every plugin of this build.
const registry& shipped_plugins();

/// Watches nothing.
class unwatched : public trial_observer {
 public:
  command after_step(const cost&, std::uint64_t, double) override { return command::go_on; }
};

/// A `with:` block as the reference files write it.
inline settings read_settings(const nlohmann::json& with) {
  settings read;
  for (const auto& [name, value] : with.items()) {
    if (value.is_boolean()) {
      read[name] = value.get<bool>();
    } else if (value.is_number_integer()) {
      read[name] = value.get<std::int64_t>();
    } else if (value.is_string()) {
      read[name] = value.get<std::string>();
    } else {
      read[name] = value.get<double>();
    }
  }
  return read;
}

/// The Euclidean distance from the reference point, relative to its norm; infinite where something is NaN.
inline double relative_difference(std::span<const double> point, const std::vector<double>& expected) {
  if (point.size() != expected.size()) return INFINITY;
  double distance = 0;
  double length = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    distance = std::hypot(distance, point[i] - expected[i]);
    length = std::hypot(length, expected[i]);
  }
  if (distance == 0) return 0;
  const double share = distance / length;
  return std::isnan(share) ? INFINITY : share;
}

/// Runs every case of a file of reference paths, one that papers.py's main wrote, and prints how far each is
/// from its path. Fails the test where that is more than 1e-10, relative to the point's norm, in 200 steps.
/// Answers the number of cases.
std::size_t compare_with_paths(const std::string& file);

}  // namespace ravine::testing
