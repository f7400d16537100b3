#pragma once

#include <span>

namespace ravine {

/// Arithmetic mean. NaN if there are no values or one is NaN; infinite if one is.
double mean(std::span<const double> values);

/// Sample standard deviation, with n - 1. NaN for fewer than two values, and if one is not finite.
double standard_deviation(std::span<const double> values);

/// Pearson's correlation of pairs. NaN for fewer than two, if one value is not finite, and where all values
/// on one side are equal.
double correlation(std::span<const double> first, std::span<const double> second);

/// The quantile at `share` of 0 … 1, interpolated linearly between order statistics (type 7 of Hyndman & Fan
/// 1996, numpy's default). Infinite values sort to the ends: a quantile between a finite and an infinite
/// value is infinite. NaN if there are no values or one is NaN.
double quantile(std::span<const double> values, double share);

/// As quantile, of values that are sorted and free of NaN.
double sorted_quantile(std::span<const double> sorted, double share);

/// quantile(values, 0.5).
double median(std::span<const double> values);

}  // namespace ravine
