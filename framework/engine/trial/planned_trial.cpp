#include "trial/planned_trial.hpp"

#include <fmt/format.h>

namespace ravine {

std::string repetition_name(std::uint64_t repetition) {
  const std::uint64_t study = study_of(repetition);
  return fmt::format("{}{} {}", study == 0 ? "" : fmt::format("study {} · ", study + 1),
                     repetition < search_repetition ? "repetition" : "search repetition",
                     repetition % study_stride + 1);
}

}  // namespace ravine
