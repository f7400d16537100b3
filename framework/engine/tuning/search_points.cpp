#include "tuning/search_points.hpp"

#include "trial/streams.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/sobol.hpp>
#include <boost/random/uniform_01.hpp>

namespace ravine {
namespace {

std::string stream_name(std::span<const search_axis> axes) {
  std::string name = "search";
  for (const search_axis& axis : axes) name += ' ' + axis.name;
  return name;
}

/// Shares of each axis at which the points lie, point by point.
std::vector<std::vector<double>> unit_points(const search_method& method, std::size_t dimensions,
                                             std::uint64_t seed) {
  boost::random::mt19937_64 random(seed);
  boost::random::uniform_01<double> share;
  std::vector<std::vector<double>> points(method.trials, std::vector<double>(dimensions));
  if (method.by == search_method::kind::random) {
    for (auto& point : points) std::ranges::generate(point, [&] { return share(random); });
    return points;
  }
  std::vector<double> shift(dimensions);
  std::ranges::generate(shift, [&] { return share(random); });
  boost::random::sobol sequence(dimensions);
  for (auto& point : points) {
    for (std::size_t i = 0; i < dimensions; ++i) {
      const double moved = shift[i] + std::ldexp(static_cast<double>(sequence()), -64);
      point[i] = std::min(moved - std::floor(moved), std::nextafter(1.0, 0.0));
    }
  }
  return points;
}

/// Of whole numbers both ends count as ends, however few there are between them.
double share_of(const setting& value, const search_range& range, double drawn) {
  const auto* const whole = std::get_if<std::int64_t>(&value);
  return whole == nullptr ? drawn : (static_cast<double>(*whole) - range.low) / (range.high - range.low);
}

}  // namespace

std::vector<search_point> search_points(const search_method& method, std::span<const search_axis> axes,
                                        std::uint64_t seed, std::uint64_t study) {
  std::vector<search_point> points;
  if (method.by == search_method::kind::grid) {
    const std::uint64_t count = point_count(axes);
    for (std::uint64_t i = 0; i < count; ++i) points.push_back({point_at(axes, i), {}});
    return points;
  }
  for (const auto& shares : unit_points(method, axes.size(), stream_seed(seed, study, stream_name(axes)))) {
    search_point point{point_at(axes, shares), {}};
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (axes[i].range)
        point.shares[axes[i].name] = share_of(point.values[axes[i].name], *axes[i].range, shares[i]);
    }
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace ravine
