#pragma once

#include "trial/trial_spec.hpp"

#include <string>

namespace ravine {

/// The inverse of to_json, as results files hold it: all that determined a trial, without labels, limits and
/// checkpoints. Throws ravine::error for a text that to_json does not write.
trial_spec spec_from_json(const std::string& text);

}  // namespace ravine
