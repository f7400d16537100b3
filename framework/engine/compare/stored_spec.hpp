#pragma once

#include "store/stored.hpp"

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// The specification of a stored trial, with all the parts that each has, of their types: problem (model),
/// optimizer, train, evaluate, seed and repetition. Throws ravine::error, which names the trial, if it lacks
/// one.
nlohmann::json read_spec(const stored_trial& trial);

}  // namespace ravine
