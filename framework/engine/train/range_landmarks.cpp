#include "train/range_landmarks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::size_t fewest_points = 5;  // for slopes that have points on both sides

double median(std::span<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Over windows of five, narrower towards the ends: a monotone curve stays as it is.
std::vector<double> without_spikes(std::span<const range_point> points) {
  std::vector<double> values;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t reach = std::min({std::size_t{2}, i, points.size() - 1 - i});
    std::array<double, 5> window{};
    for (std::size_t k = 0; k < 2 * reach + 1; ++k) window[k] = points[i - reach + k].loss;
    values.push_back(median(std::span(window).first(2 * reach + 1)));
  }
  return values;
}

/// An exploding end would lift the average of what is before it.
void bound(std::vector<double>& values, double first) {
  const double lowest = std::ranges::min(values);
  const double highest = first + std::max(std::abs(first), first - lowest);
  for (double& value : values) value = std::min(value, highest);
}

/// With bias correction: the first value stays as it is.
template <class Iterator>
void average(Iterator begin, Iterator end, double smoothing) {
  double sum = 0;
  double weight = 0;
  for (Iterator value = begin; value != end; ++value) {
    sum = smoothing * sum + (1 - smoothing) * *value;
    weight = smoothing * weight + (1 - smoothing);
    *value = sum / weight;
  }
}

/// The lowest smoothed loss so far, beginning with no more than the loss before any step.
std::vector<double> lows_of(std::span<const range_point> points) {
  std::vector<double> lows;
  double low = points.front().loss;
  for (const range_point& point : points) lows.push_back(low = std::min(low, point.smoothed));
  return lows;
}

/// Standard deviation of single losses about the smoothed ones, by their median, which spikes don't move.
double scatter(std::span<const range_point> points) {
  constexpr double normal = 1.4826;  // standard deviation over median absolute deviation
  std::vector<double> distances;
  for (const range_point& point : points) distances.push_back(std::abs(point.loss - point.smoothed));
  return normal * median(distances);
}

std::size_t steepest_of(std::span<const range_point> points, std::span<const double> lows) {
  std::size_t where = 0;
  double steepest = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t before = i == 0 ? 0 : i - 1;
    const std::size_t after = std::min(i + 1, points.size() - 1);
    const double slope = (lows[after] - lows[before]) / std::log(points[after].lr / points[before].lr);
    if (slope >= steepest) continue;
    steepest = slope;
    where = i;
  }
  return where;
}

}  // namespace

void smooth(std::span<range_point> points, double smoothing) {
  if (points.empty()) return;
  std::vector<double> values = without_spikes(points);
  bound(values, points.front().loss);
  average(values.begin(), values.end(), smoothing);
  average(values.rbegin(), values.rend(), smoothing);
  for (std::size_t i = 0; i < points.size(); ++i) points[i].smoothed = values[i];
}

range_landmarks landmarks_of(std::span<const range_point> points) {
  if (points.size() < fewest_points) {
    return {.refusal =
                fmt::format("it ended after {} steps, of which at least {} are needed: begin the range lower "
                            "or take more steps",
                            points.size(), fewest_points)};
  }
  const auto lowest =
      static_cast<std::size_t>(std::ranges::min_element(points, {}, &range_point::smoothed) - points.begin());
  const std::vector<double> lows = lows_of(points);
  const double fall = lows.front() - lows.back();
  const double noise = scatter(points.first(lowest + 1));
  if (!(fall > noise)) {
    return {.refusal =
                fmt::format("no usable fall: the smoothed loss falls by {:.3g} at most, and single losses "
                            "scatter by {:.3g}; widen the range, or take more steps or larger batches",
                            fall, noise)};
  }
  range_landmarks found;
  if (lowest + 1 < points.size()) found.tenth_of_minimum = points[lowest].lr / 10;
  const std::size_t steepest = steepest_of(points, lows);
  if (steepest == 0) {
    found.refusal = fmt::format("the loss falls fastest at the first rate, {:.3g}: begin the range lower",
                                points.front().lr);
  } else if (steepest + 1 == points.size()) {
    found.refusal = fmt::format(
        "the loss falls fastest at the last rate, {:.3g}: end the range higher, or take "
        "more steps",
        points.back().lr);
  } else {
    found.steepest = points[steepest].lr;
  }
  return found;
}

}  // namespace ravine
