#pragma once

#include "compare/summaries.hpp"

#include <span>
#include <vector>

namespace ravine {

/// Costs on one problem, one for each solver, as multiples of the least: r = t / best t. Infinite for a
/// solver that never solves it (cost infinite or NaN), and for all if none does. Where the best cost is 0,
/// costs of 0 have ratio 1 and all others are infinite.
std::vector<double> performance_ratios(std::span<const double> costs);

/// Performance profile (Dolan & Moré 2002, arXiv:cs/0102001): the share of problems on which a solver's ratio
/// is at most tau. An infinite ratio is above every tau, even an infinite one. NaN without problems.
double profile_at(std::span<const double> ratios, double tau);

/// Adds the ratios of the optimizers that were run on all problems with a target, at their chosen search
/// points, by the expected time to it. The band around a profile is a percentile bootstrap of the repetitions
/// within each problem, as the interval of mean ranks is: it says how firm the profile of these problems is.
/// Unknown where a line has fewer than 5 repetitions.
void add_performance_profile(comparison& compared);

}  // namespace ravine
