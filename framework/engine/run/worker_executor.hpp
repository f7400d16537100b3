#pragma once

#include "plugin/registry.hpp"
#include "run/dataset_cache.hpp"
#include "run/executor.hpp"
#include "run/worker_process.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace ravine {

/// Runs trials side by side in worker processes. Whatever a plugin does to its process costs that trial
/// alone: it gets a status with the reason and keeps its curve up to then, and the worker is replaced.
class worker_executor : public executor {
 public:
  /// `jobs`: how many trials at once, at least 1.
  worker_executor(const registry& plugins, std::size_t jobs) : plugins_(plugins), jobs_(jobs) {}

  void prepare(std::span<const planned_trial> trials) override { data_.load(trials); }
  void run(std::span<const planned_trial> trials, run_listener& listener) override;

 private:
  const registry& plugins_;
  std::size_t jobs_;
  dataset_cache data_;
};

}  // namespace ravine
