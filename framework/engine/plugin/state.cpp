#include "plugin/state.hpp"

#include "plugin/component.hpp"
#include "plugin/release.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ravine {

void plugin_state::add(const rv_state_array& described) {
  if (!is_long_enough(described)) throw plugin_error("a state array's struct_size is too small");
  const std::string name = described.name == nullptr ? "" : described.name;
  if (name.empty()) throw plugin_error("a state array has no name");
  if (std::ranges::find(arrays_, name, &array::name) != arrays_.end()) {
    throw plugin_error(fmt::format("two state arrays are named {}", name));
  }
  if (described.dtype != RV_F32 && described.dtype != RV_F64) {
    throw plugin_error(fmt::format("state array {}: unknown element type {}", name, described.dtype));
  }
  const bool scratch = RV_HAS(rv_state_array, &described, flags) && (described.flags & RV_STATE_SCRATCH) != 0;
  array& kept = arrays_.emplace_back(
      array{name, aligned_array(described.dtype, described.count, "state " + name), scratch});
  pointers_.push_back(kept.elements.data());
}

std::size_t plugin_state::bytes_of(bool scratch) const {
  std::size_t sum = 0;
  for (const array& each : arrays_) sum += each.scratch == scratch ? each.elements.bytes() : 0;
  return sum;
}

}  // namespace ravine
