#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace ravine {

/// From lower to upper, both included. Two NaN: unknown.
struct interval {
  double lower = std::numeric_limits<double>::quiet_NaN();
  double upper = std::numeric_limits<double>::quiet_NaN();
};

struct bootstrap_settings {
  std::uint64_t resamples = 10'000;
  double confidence = 0.95;
  std::uint64_t seed = 1;
};

/// A statistic of values that are sorted and free of NaN.
using sorted_statistic = double (*)(std::span<const double> sorted);

/// Percentile bootstrap (Efron & Tibshirani 1993, chapter 13): the statistic of many samples, drawn from the
/// values with replacement, between the quantiles (1 - confidence)/2 and (1 + confidence)/2. The same values
/// in whatever order give the same interval, on every machine. It is too narrow for few values: five seldom
/// cover 95 % of what they promise. An end is infinite if so many samples are. One value gives an interval of
/// no width; no values, or a NaN among them, give NaN. Of more than 1000 values there are as many resamples
/// as ten million draws make, at least 1000.
interval bootstrap_interval(std::span<const double> values, sorted_statistic statistic,
                            const bootstrap_settings& how = {});
/// The same of several statistics, each of the same samples.
std::vector<interval> bootstrap_intervals(std::span<const double> values,
                                          std::span<const sorted_statistic> statistics,
                                          const bootstrap_settings& how = {});

}  // namespace ravine
