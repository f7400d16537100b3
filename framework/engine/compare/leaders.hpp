#pragma once

#include "compare/grouping.hpp"
#include "compare/summaries.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace ravine {

/// For each metric, and for "epochs", "evaluations" and "seconds" to the target if there is one, the chosen
/// line with the best median, if it is told apart from every other chosen line: by Wilcoxon's test of the
/// paired differences at 5 %, after Holm's correction for so many lines. Where nothing is random, and so all
/// repetitions are one, a difference beyond rounding is enough. Scores on a landscape within its hardest
/// target are not told apart. Seconds of trials that ran side by side tell nothing apart, and a line of which
/// a trial lost the target again leads in no cost to it. Indices of configurations; a quantity without such a
/// line is absent.
std::map<std::string, std::size_t> find_leaders(const problem_group& group, const problem_summary& problem);

}  // namespace ravine
