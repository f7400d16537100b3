#include "trial/planned_trial.hpp"

#include <fmt/format.h>

namespace ravine {

std::string repetition_name(std::uint64_t repetition) {
  return repetition < search_repetition
             ? fmt::format("repetition {}", repetition + 1)
             : fmt::format("search repetition {}", repetition - search_repetition + 1);
}

}  // namespace ravine
