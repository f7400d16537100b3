#pragma once

#include "plugin/registry.hpp"
#include "trial/stand_in.hpp"
#include "trial/trial_list.hpp"

#include <vector>

namespace ravine {

/// What the trials use in place of components that it hides, in the order of the registry's list of these.
std::vector<stand_in> stand_ins_of(const trial_list& trials, const registry& plugins);

}  // namespace ravine
