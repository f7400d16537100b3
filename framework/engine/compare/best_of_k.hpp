#pragma once

#include "compare/sensitivity.hpp"

#include <span>
#include <vector>

namespace ravine {

/// The expected best score of k search points, for k = 1 … n, if k of the n that were tried were drawn
/// without replacement: what a smaller tuning budget would have given. The best is the i-th worst of n with
/// probability C(i-1, k-1) / C(n, k). Unbiased, other than drawing with replacement (Dodge et al. 2019,
/// arXiv:1909.03004; Tang et al. 2020, arXiv:2004.13705). Infinite as long as all k may be infinite; empty
/// without scores; all NaN if one is NaN.
std::vector<double> expected_best_of_k(std::span<const double> scores, direction better);

}  // namespace ravine
