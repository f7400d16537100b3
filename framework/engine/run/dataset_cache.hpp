#pragma once

#include "data/data_source.hpp"
#include "data/dataset.hpp"
#include "trial/plan.hpp"

#include <deque>
#include <span>
#include <utility>

namespace ravine {

/// Datasets by request, each loaded once and kept.
class dataset_cache {
 public:
  /// Loads what the trials need. Throws data_error.
  void load(std::span<const planned_trial> trials);
  /// What the trial runs on, loaded before or now; null for a landscape. Valid as long as the cache lives.
  /// Throws data_error.
  const dataset* of(const trial_spec& spec);
  /// Throws data_error, also if the examples are not those whose digest the request has.
  const dataset& of(const data_request& request);

 private:
  std::deque<std::pair<data_request, dataset>> loaded_;  // a deque: references stay valid
};

}  // namespace ravine
