#pragma once

#include "plugin/component.hpp"

#include <ravine/abi.h>

#include <exception>
#include <new>
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

/// RV_OK, or what the body throws as a status, its text said to set_error: for functions that plugins call,
/// through which no exception may pass.
template <class Body>
rv_status status_of(Body body) noexcept {
  const auto fail = [](rv_status status, const char* why) {
    plugin_host()->set_error(plugin_host(), why);
    return status;
  };
  try {
    body();
    return RV_OK;
  } catch (const plugin_out_of_memory& problem) {
    return fail(RV_NO_MEMORY, problem.what());
  } catch (const std::bad_alloc&) {
    return fail(RV_NO_MEMORY, "not enough memory");
  } catch (const std::exception& problem) {
    return fail(RV_FAILED, problem.what());
  }
}

}  // namespace ravine
