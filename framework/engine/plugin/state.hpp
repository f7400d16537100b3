#pragma once

#include "plugin/memory.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <string>
#include <vector>

namespace ravine {

/// The arrays of state of one optimizer or scheduler: allocated, zeroed and measured by the host.
class plugin_state {
 public:
  struct array {
    std::string name;
    aligned_array elements;
    bool scratch = false;  ///< nothing in it lasts from one step to the next
  };

  /// Allocates one more array. Throws plugin_error for an unknown type or a name used twice.
  void add(const rv_state_array& described);

  const std::vector<array>& arrays() const { return arrays_; }
  std::vector<array>& arrays() { return arrays_; }
  /// In the order in which they were added, as plugins are given them.
  void* const* pointers() const { return pointers_.data(); }
  /// Of all arrays but the scratch ones.
  std::size_t bytes() const { return bytes_of(false); }
  std::size_t scratch_bytes() const { return bytes_of(true); }

 private:
  std::size_t bytes_of(bool scratch) const;

  std::vector<array> arrays_;
  std::vector<void*> pointers_;
};

}  // namespace ravine
