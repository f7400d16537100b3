#pragma once

#include "core/settings.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_spec.hpp"

#include <string>

namespace ravine::cli {

/// An optimizer by its name, or a wrapper with what it works around: "lookahead(adam)". Hyperparameters of
/// inner ones have names such as inner.lr. Throws usage_error for text of another form and for wrappers
/// without an inner optimizer, plugin_error for names and values that the plugins do not have.
optimizer_spec read_rule(const std::string& text, const settings& with, const registry& plugins);

}  // namespace ravine::cli
