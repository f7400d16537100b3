#include "compare/unfinished.hpp"

#include "core/counted.hpp"

#include <cstdint>

#include <fmt/format.h>

namespace ravine {

void add_unfinished(comparison& compared, std::span<const stored_experiment> experiments) {
  for (const stored_experiment& each : experiments) {
    if (each.finished >= each.planned) continue;
    const std::uint64_t missing = each.planned - each.finished;
    compared.unfinished.push_back({each.name, each.planned, missing});
    compared.warnings.push_back(
        fmt::format("{} of {} of {} without a result: ravine run with its manifest goes on",
                    count_text(missing), counted(each.planned, "trial"), each.name));
  }
}

}  // namespace ravine
