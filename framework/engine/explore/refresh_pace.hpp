#pragma once

#include <chrono>

namespace ravine {

/// How often something is done again that takes its time: so that it takes a tenth of a processor at most,
/// and leaves the rest to the trials that it tells of.
class refresh_pace {
 public:
  using clock = std::chrono::steady_clock;

  /// After it was done.
  void note(clock::time_point began, clock::time_point ended) { due_ = ended + 9 * (ended - began); }
  bool is_due(clock::time_point now) const { return now >= due_; }

 private:
  clock::time_point due_ = clock::time_point::min();
};

}  // namespace ravine
