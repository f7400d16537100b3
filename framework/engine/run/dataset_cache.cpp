#include "run/dataset_cache.hpp"

namespace ravine {

void dataset_cache::load(std::span<const planned_trial> trials) {
  for (const planned_trial& trial : trials) of(trial.spec);
}

const dataset* dataset_cache::of(const trial_spec& spec) {
  const auto& request = spec.problem.data;
  if (!request) return nullptr;
  for (const auto& [known, data] : loaded_) {
    if (known == *request) return &data;
  }
  return &loaded_.emplace_back(*request, load_dataset(*request)).second;
}

}  // namespace ravine
