#include "compare/unfinished.hpp"

#include <cstdint>

#include <fmt/format.h>

namespace ravine {

void add_unfinished(comparison& compared, std::span<const stored_experiment> experiments) {
  for (const stored_experiment& each : experiments) {
    if (each.finished >= each.planned) continue;
    const std::uint64_t missing = each.planned - each.finished;
    compared.unfinished.push_back({each.name, each.planned, missing});
    compared.warnings.push_back(
        fmt::format("{} of {} trials of {} have no result: ravine run with its manifest goes on with them",
                    missing, each.planned, each.name));
  }
}

}  // namespace ravine
