#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace ravine {

/// Something whose time is of interest.
using measured_task = std::function<void()>;

struct measuring {
  std::size_t rounds = 7;
  double least_seconds = 0.01;  ///< of a task in each round, which repeats short ones
};

/// Seconds a call of each task, the medians of rounds in which the tasks take turns, so that whatever
/// disturbs the machine meets all of them.
std::vector<double> measure_in_turns(const std::vector<measured_task>& tasks, const measuring& how = {});

}  // namespace ravine
