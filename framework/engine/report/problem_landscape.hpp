#pragma once

#include "compare/grouping.hpp"
#include "plugin/registry.hpp"

#include <cstddef>
#include <span>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// The landscape of a problem, with a second image of where the paths of the `chosen` lines are, as the
/// plugins at hand draw it: null for a model of data, else an object with `images`, one or, where
/// repetitions turn or move the landscape, one for each of the first few; and `note`, what keeps it from
/// being drawn or from being trusted, or "". A plugin that crashes is such a note.
nlohmann::json problem_landscape(const problem_group& group, std::span<const std::size_t> chosen,
                                 const registry& plugins);

}  // namespace ravine
