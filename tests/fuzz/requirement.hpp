#pragma once

#include "data/data_error.hpp"

#include <cstdlib>
#include <string_view>

namespace ravine::fuzzing {

/// Ends the fuzzer, which then keeps its input, unless the condition holds.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// Runs `use`, which may refuse what it is given in words that begin with the file's name.
template <class Use>
void may_refuse(std::string_view name, Use use) {
  try {
    use();
  } catch (const data_error& fault) {
    require(std::string_view(fault.what()).starts_with(name));
  }
}

}  // namespace ravine::fuzzing
