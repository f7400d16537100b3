#pragma once

#include "plugin/component.hpp"

#include <string>
#include <string_view>

namespace ravine {

/// Whether a model predicts numbers; others predict classes.
bool predicts_numbers(const component& model);

/// Why the model can't be used with the data source of that name, whose targets are of the other kind, and
/// what to do.
std::string task_mismatch(const component& model, std::string_view source);

}  // namespace ravine
