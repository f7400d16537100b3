#pragma once

#include "data/catalog.hpp"
#include "data/dataset.hpp"

#include <deque>
#include <utility>

namespace ravine {

/// Datasets by request, each loaded once and kept.
class dataset_cache {
 public:
  /// Valid as long as the cache lives. Throws data_error.
  const dataset& get(const data_request& request);

 private:
  std::deque<std::pair<data_request, dataset>> loaded_;  // a deque: references stay valid
};

}  // namespace ravine
