#include "experiment/tuning.hpp"

#include "experiment/block.hpp"
#include "train/streams.hpp"
#include "train/trial_result.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <variant>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/sobol.hpp>
#include <boost/random/uniform_01.hpp>
#include <fmt/format.h>

namespace ravine {
namespace {

using method = tuning_draft::method;

constexpr std::int64_t most_trials = 100'000;

const std::vector<std::string>& metrics() {
  static const std::vector<std::string> names{"validation_loss", "validation_accuracy", "train_loss", "loss"};
  return names;
}

std::optional<method> read_method(const yaml_value& value, mistakes& found) {
  static const std::array<std::pair<std::string, method>, 3> methods{
      {{"grid", method::grid}, {"random", method::random}, {"sobol", method::sobol}}};
  for (const auto& [name, meant] : methods) {
    if (value.is_scalar() && value.text == name) return meant;
  }
  expected(value, "tuning.method", "grid, random or sobol", found);
  return std::nullopt;
}

void read_metric(const yaml_value& value, tuning_draft& tuning, mistakes& found) {
  const auto name = read_text(value, "tuning.metric", found);
  if (!name) return;
  if (name->starts_with("test_")) {
    found.add(value.at,
              fmt::format("tuning.metric: {} is reported, and nothing may be chosen by it; expected a "
                          "validation metric",
                          *name));
  } else if (std::ranges::find(metrics(), *name) == metrics().end()) {
    found.add(value.at,
              fmt::format("tuning.metric: there is no metric {}{}", *name, did_you_mean(*name, metrics())));
  } else {
    tuning.metric = *name;
  }
}

std::string stream_name(std::span<const search_axis> axes) {
  std::string name = "search";
  for (const search_axis& axis : axes) name += ' ' + axis.name;
  return name;
}

/// Shares of each axis at which the points lie, point by point.
std::vector<std::vector<double>> unit_points(const tuning_draft& tuning, std::size_t dimensions,
                                             std::uint64_t seed) {
  boost::random::mt19937_64 random(seed);
  boost::random::uniform_01<double> share;
  std::vector<std::vector<double>> points(tuning.trials, std::vector<double>(dimensions));
  if (tuning.by == method::random) {
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

std::optional<tuning_draft> read_tuning(const yaml_value& value, mistakes& found) {
  const block in(value, "tuning", {"method", "trials", "metric", "stop_early"}, found);
  if (!in.valid()) return std::nullopt;
  tuning_draft tuning{.metric = metrics().front(), .at = value.at};
  if (const yaml_value* name = in["method"]) {
    const auto read = read_method(*name, found);
    if (!read) return std::nullopt;
    tuning.by = *read;
  }
  if (const yaml_value* metric = in["metric"]) read_metric(*metric, tuning, found);
  if (const yaml_value* early = in["stop_early"]) tuning.stop_early = read_halving(*early, found);
  const yaml_value* const trials = in["trials"];
  if (tuning.by == method::grid) {
    if (trials != nullptr)
      found.add(trials->at, "tuning.trials: a grid has as many trials as it has points; leave it out");
    return tuning;
  }
  if (trials == nullptr) {
    found.add(value.at,
              "tuning: trials is missing, the number of points to try for each optimizer: trials: 12");
    return std::nullopt;
  }
  const auto count = read_integer(*trials, "tuning.trials", {1, most_trials}, found);
  if (!count) return std::nullopt;
  tuning.trials = static_cast<std::uint64_t>(*count);
  return tuning;
}

std::vector<search_point> search_points(const tuning_draft& tuning, std::span<const search_axis> axes,
                                        std::uint64_t seed) {
  std::vector<search_point> points;
  if (tuning.by == method::grid) {
    const std::uint64_t count = point_count(axes);
    for (std::uint64_t i = 0; i < count; ++i) points.push_back({point_at(axes, i), {}});
    return points;
  }
  for (const auto& shares : unit_points(tuning, axes.size(), stream_seed(seed, 0, stream_name(axes)))) {
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
