#pragma once

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

}  // namespace ravine
