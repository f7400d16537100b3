#include "run/dataset_cache.hpp"

namespace ravine {

const dataset& dataset_cache::get(const data_request& request) {
  for (const auto& [known, data] : loaded_) {
    if (known == request) return data;
  }
  return loaded_.emplace_back(request, load_dataset(request)).second;
}

}  // namespace ravine
