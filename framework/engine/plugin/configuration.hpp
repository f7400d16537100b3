#pragma once

#include "plugin/component.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace ravine {

/// Settings in the form in which they cross to a plugin.
class configuration {
 public:
  /// `with` is completed and checked first. Throws plugin_error.
  configuration(const component& owner, const settings& with);
  configuration(const configuration&) = delete;
  configuration& operator=(const configuration&) = delete;

  const rv_config* raw() const { return &raw_; }
  /// The scalars in declared order: base values, which schedules may replace in a copy.
  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<double> values_;
  std::vector<std::vector<std::int64_t>> elements_;
  std::vector<rv_integer_list> lists_;
  rv_config raw_{};
};

}  // namespace ravine
