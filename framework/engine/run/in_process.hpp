#pragma once

#include "plugin/registry.hpp"
#include "run/dataset_cache.hpp"
#include "run/executor.hpp"

namespace ravine {

/// Runs one trial after another in this process.
class in_process_executor : public executor {
 public:
  explicit in_process_executor(const registry& plugins) : plugins_(plugins) {}

  void prepare(std::span<const planned_trial> trials) override { data_.load(trials); }
  std::string data_digest(const data_request& request) override { return data_.of(request).fingerprint; }
  void run(const trial_list& trials, run_listener& listener) override;

 private:
  const registry& plugins_;
  dataset_cache data_;
};

}  // namespace ravine
