#pragma once

#include "plugin/instance.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace ravine {

/// A schedule at work.
class scheduler_rig {
 public:
  static constexpr double base = 0.1;
  static constexpr double endless = std::numeric_limits<double>::infinity();

  /// Throws plugin_error with the plugin's reason.
  scheduler_rig(const component& which, const settings& with) : scheduler_(which, with) {}

  double value(double t, double total, std::uint32_t unit = RV_UNIT_STEP) {
    return scheduler_.value(base, {.struct_size = sizeof(rv_progress), .unit = unit, .t = t, .total = total});
  }
  void observe(double metric) { scheduler_.observe(metric); }

  /// The bits of the state.
  std::vector<std::byte> memory() const {
    std::vector<std::byte> bits;
    for (const auto& array : scheduler_.state().arrays()) {
      const auto* const begin = static_cast<const std::byte*>(array.elements.data());
      bits.insert(bits.end(), begin, begin + array.elements.bytes());
    }
    return bits;
  }
  void restore(const std::vector<std::byte>& saved) {
    const std::byte* from = saved.data();
    for (std::size_t i = 0; i < scheduler_.state().arrays().size(); ++i) {
      const std::size_t bytes = scheduler_.state().arrays()[i].elements.bytes();
      if (bytes != 0) std::memcpy(scheduler_.state().pointers()[i], from, bytes);
      from += bytes;
    }
  }
  std::string damage() const {
    for (const auto& array : scheduler_.state().arrays()) {
      if (std::string found = array.elements.damage(); !found.empty()) return found;
    }
    return {};
  }

 private:
  scheduler scheduler_;
};

}  // namespace ravine
