#pragma once

#include <span>
#include <vector>

namespace ravine {

/// What the points of a search are judged by, less being better: the mean over the trials of each point; but
/// if any point failed in some of its trials and not in all, the median for all of them, in which a failure
/// is worse than any number. `values` has those of each point's trials, at least one, of which less is
/// better, too; infinity stands for a failure.
std::vector<double> point_scores(std::span<const std::vector<double>> values);

}  // namespace ravine
