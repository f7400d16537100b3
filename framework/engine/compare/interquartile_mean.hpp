#pragma once

#include <span>

namespace ravine {

/// Mean of the middle half: a quarter of the values, rounded down, is left out at each end (rliable's IQM,
/// Agarwal et al. 2021, arXiv:2108.13264; scipy's trim_mean with 0.25). Insensitive to a few failed
/// repetitions: of five one may be infinite. NaN if there are no values or one is NaN.
double interquartile_mean(std::span<const double> values);

/// The same, of values that are sorted and free of NaN.
double sorted_interquartile_mean(std::span<const double> sorted);

}  // namespace ravine
