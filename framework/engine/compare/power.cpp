#include "compare/power.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace ravine {
namespace {

constexpr double z_of_level = 1.959963984540054;   // of a normal distribution, at 1 - 0.05 / 2
constexpr double z_of_power = 0.8416212335729143;  // and at 0.8
constexpr double least_pairs = 6;
constexpr double least_repetitions = 4;  // a rank-sum test of 4 and 4 gives 2 / 70

double needed(double difference, double deviation, double small_sample_share, double least) {
  if (!std::isfinite(difference) || !std::isfinite(deviation))
    return std::numeric_limits<double>::quiet_NaN();
  if (difference == 0) return std::numeric_limits<double>::infinity();
  const double normal = (z_of_level + z_of_power) * deviation / difference;
  const double student = normal * normal + small_sample_share * z_of_level * z_of_level;
  return std::max(least, std::ceil(student * std::numbers::pi / 3));
}

}  // namespace

double pairs_for_power(double difference, double deviation) {
  return needed(difference, deviation, 0.5, least_pairs);
}

double repetitions_for_power(double difference, double deviation) {
  return needed(difference, deviation, 0.25, least_repetitions);
}

}  // namespace ravine
