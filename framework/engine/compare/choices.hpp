#pragma once

#include "compare/grouping.hpp"
#include "compare/summaries.hpp"

#include <string>
#include <vector>

namespace ravine {

/// For each optimizer that was tuned with several search repetitions, how sure its choice is.
std::vector<choice_summary> find_choices(const problem_group& group, const problem_summary& problem);

/// What a reader has to know of how points were chosen: by the repetitions that are shown themselves, or by a
/// metric that disagrees with the reported one. A sentence each; `random` is whether chance takes part.
enum class chance { none, takes_part };
std::vector<std::string> choice_warnings(const problem_group& group, const problem_summary& problem,
                                         chance random);

}  // namespace ravine
