#pragma once

#include <ravine/abi.h>

#include <string>
#include <string_view>

namespace ravine {

/// The host that every plugin is given; lives as long as the process.
const rv_host* plugin_host();

/// What a plugin said with set_error during the last call on this thread; empty if nothing. Forgets it.
std::string take_plugin_error();

/// Throws plugin_error ("adam: step: the text"), or plugin_out_of_memory, unless `status` is RV_OK or
/// RV_UNUSED.
void check_status(rv_status status, std::string_view component, std::string_view call);

/// As check_status, without building its message on the way that is taken each step.
inline void require_ok(rv_status status, std::string_view component, std::string_view call) {
  if (status < RV_OK || status > RV_UNUSED) [[unlikely]]
    check_status(status, component, call);
}

}  // namespace ravine
