#include "compare/unfinished.hpp"

namespace ravine {

std::vector<unfinished_experiment> unfinished(std::span<const stored_experiment> experiments) {
  std::vector<unfinished_experiment> found;
  for (const stored_experiment& each : experiments) {
    if (each.finished >= each.planned) continue;
    found.push_back({each.name, each.planned, each.planned - each.finished});
  }
  return found;
}

}  // namespace ravine
