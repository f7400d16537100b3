#include "trial/search_axis.hpp"

#include "core/scalar.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/core.h>

namespace ravine {
namespace {

using distribution = search_range::distribution;

/// To the fourth significant digit of something of that size.
double rounded(double value, double size) {
  if (size == 0) return value;
  const int decimals = 3 - static_cast<int>(std::floor(std::log10(size)));
  if (decimals >= 0) return parse_real(fmt::format("{:.{}f}", value, decimals)).value_or(value);
  const double unit = std::pow(10.0, -decimals);
  return std::round(value / unit) * unit;
}

}  // namespace

setting search_range::at(double share) const {
  switch (drawn) {
    case distribution::uniform: {
      const double value = std::lerp(low, high, share);  // of a narrow interval still a thousand
      return std::clamp(rounded(value, std::min(std::abs(value), high - low)), low, high);
    }
    case distribution::log_uniform: {
      const double value = std::exp(std::lerp(std::log(low), std::log(high), share));
      return std::clamp(rounded(value, value), low, high);
    }
    case distribution::log_one_minus_uniform: {
      const double rest = std::exp(std::lerp(std::log1p(-low), std::log1p(-high), share));
      return std::clamp(rounded(1 - rest, rest), low, high);
    }
    case distribution::int_uniform:
      break;
  }
  return static_cast<std::int64_t>(std::min(high, low + std::floor(share * (high - low + 1))));
}

setting search_axis::at(double share) const {
  if (range) return range->at(share);
  const auto index = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(index, values.size() - 1)];
}

std::uint64_t point_count(std::span<const search_axis> axes) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t count = 1;
  for (const search_axis& axis : axes) {
    if (axis.values.empty()) return 0;
    if (count > most / axis.values.size()) return most;
    count *= axis.values.size();
  }
  return count;
}

settings point_at(std::span<const search_axis> axes, std::uint64_t index) {
  settings point;
  for (std::size_t i = axes.size(); i-- > 0;) {
    const std::size_t count = axes[i].values.size();
    point[axes[i].name] = axes[i].values[index % count];
    index /= count;
  }
  return point;
}

settings point_at(std::span<const search_axis> axes, std::span<const double> shares) {
  settings point;
  for (std::size_t i = 0; i < axes.size(); ++i) point[axes[i].name] = axes[i].at(shares[i]);
  return point;
}

}  // namespace ravine
