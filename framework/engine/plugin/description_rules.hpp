#pragma once

#include "plugin/description.hpp"

#include <string>
#include <string_view>

namespace ravine {

// What must hold of a description wherever it comes from. All throw plugin_error that names the component and
// field at fault.

/// Refuses with the place and the fault.
[[noreturn]] void refuse(std::string_view place, std::string_view fault);

/// Letters, digits and _.
void check_name(const std::string& name, std::string_view place);

void check_type(hyperparameter_type type, std::string_view place);
void check_hyperparameter(const hyperparameter& read, const std::string& owner);
void check_kind(component_kind kind, const std::string& id);
void check_id(const std::string& id);
void check_component(const component& read);
void check_description(const plugin_description& read);

}  // namespace ravine
