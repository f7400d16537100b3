#pragma once

#include "plugin/component.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ravine {

/// An instance of any kind at work: what checks need that hold for all kinds alike.
class workout {
 public:
  workout() = default;
  virtual ~workout() = default;
  workout(const workout&) = delete;
  workout& operator=(const workout&) = delete;

  /// One step, evaluation or value, which depends on `stream` and on how many there were before.
  virtual void advance(std::uint64_t stream) = 0;
  /// The bits of all that came of it.
  virtual std::vector<std::byte> memory() const = 0;
};

/// Creates an instance. Throws plugin_error with the plugin's reason.
std::unique_ptr<workout> begin_workout(const component& which, rv_dtype type, const settings& with);

}  // namespace ravine
