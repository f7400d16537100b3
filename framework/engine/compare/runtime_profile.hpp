#pragma once

#include "compare/summaries.hpp"

#include <span>
#include <vector>

namespace ravine {

/// How soon optimizers meet the targets of these problems, one summary for each unit: problems with data, in
/// epochs, then landscapes, in evaluations. Of the optimizers that were run on all problems of the unit, at
/// their chosen search points. Empty without targets.
std::vector<runtime_summary> runtime_profiles(std::span<const problem_summary> problems);

/// The share that is solved at no more than this cost: the runtime distribution of Hansen et al. 2016 (COCO,
/// arXiv:1605.03560), without simulated restarts, or the data profile of Moré & Wild 2009
/// (doi:10.1137/080724083). NaN of nothing.
double share_within(const step_distribution& of, double cost);

}  // namespace ravine
