#pragma once

#include "plugin/host.hpp"

#include <ravine/abi.h>

#include <exception>
#include <new>

namespace ravine {

/// The `add` function of a sink whose context is a Collector with add(const Entry&). What add throws becomes
/// a status: no exception may pass through the plugin that called.
template <class Collector, class Entry>
rv_status add_to_sink(void* context, const Entry* entry) noexcept {
  try {
    if (entry == nullptr) {
      plugin_host()->set_error(plugin_host(), "an entry given to a sink is NULL");
      return RV_FAILED;
    }
    static_cast<Collector*>(context)->add(*entry);
    return RV_OK;
  } catch (const std::bad_alloc&) {
    plugin_host()->set_error(plugin_host(), "not enough memory");
    return RV_NO_MEMORY;
  } catch (const std::exception& problem) {
    plugin_host()->set_error(plugin_host(), problem.what());
    return RV_FAILED;
  }
}

}  // namespace ravine
