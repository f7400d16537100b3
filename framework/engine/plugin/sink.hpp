#pragma once

#include "plugin/host.hpp"

#include <ravine/abi.h>

namespace ravine {

/// The `add` function of a sink whose context is a Collector with add(const Entry&). What add throws becomes
/// a status: no exception may pass through the plugin that called.
template <class Collector, class Entry>
rv_status add_to_sink(void* context, const Entry* entry) noexcept {
  return status_of([&] {
    if (entry == nullptr) throw plugin_error("an entry given to a sink is NULL");
    static_cast<Collector*>(context)->add(*entry);
  });
}

}  // namespace ravine
