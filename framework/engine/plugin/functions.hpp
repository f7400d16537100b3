#pragma once

#include "plugin/component.hpp"

namespace ravine {

// Code of plugins enters a process here and nowhere else: call these in processes that exist for it, such as
// trials and sandboxes. May be called from any thread.

/// What of a component can be called: an rv_optimizer, rv_scheduler or rv_model by kind. Opens the
/// component's file at the first call in this process. Throws plugin_error as load_file does, and if the
/// plugin describes the component otherwise here than when it was looked at.
const void* functions_of(const component& which);

/// Opens a file in this process ahead of its first use; again does nothing. It stays open until the process
/// ends. Throws plugin_error if its content is not the described one, or with the reason why it does not
/// load.
void load_file(const plugin_file& file);

}  // namespace ravine
