#pragma once

#include "plugin/registry.hpp"
#include "process/zygote.hpp"
#include "run/dataset_cache.hpp"
#include "run/executor.hpp"

#include <cstddef>
#include <deque>
#include <memory>

namespace ravine {

class worker_process;

/// Runs each trial in a fresh process of its own, several side by side. Whatever a plugin does to its process
/// costs that trial alone: it gets a status with the reason and keeps its curve up to then.
class worker_executor : public executor {
 public:
  /// `jobs`: how many trials at once, at least 1. Forks a small process that later forks the trials':
  /// construct it early, before results files are opened and plans are read, and while this process has no
  /// other threads. Throws ravine::error if that fails.
  explicit worker_executor(const registry& plugins, std::size_t jobs = 1);
  ~worker_executor() override;

  void use_jobs(std::size_t jobs) { jobs_ = jobs; }

  void prepare(std::span<const planned_trial> trials) override { data_.load(trials); }
  std::string data_digest(const data_request& request) override { return data_.of(request).fingerprint; }
  /// What the trial runs on; null for a landscape. Valid as long as this lives. Throws data_error.
  const dataset* data_of(const trial_spec& spec) { return data_.of(spec); }
  void run(const trial_list& trials, run_listener& listener) override;

 private:
  const registry& plugins_;
  std::size_t jobs_;
  dataset_cache data_;
  std::shared_ptr<zygote> zygote_;
  std::deque<std::unique_ptr<worker_process>> idle_;  // that have loaded what later trials may need
};

}  // namespace ravine
