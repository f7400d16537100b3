#include "bench/measure.hpp"

#include <algorithm>
#include <chrono>

namespace ravine {
namespace {

double seconds_of(const measured_task& task, std::size_t calls) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < calls; ++i) task();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// How many calls last as long as asked; warms up on the way.
std::size_t calls_for(const measured_task& task, double least_seconds) {
  std::size_t calls = 1;
  while (seconds_of(task, calls) < least_seconds) calls *= 2;
  return calls;
}

}  // namespace

std::vector<double> measure_in_turns(const std::vector<measured_task>& tasks, const measuring& how) {
  std::vector<std::size_t> calls(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) calls[i] = calls_for(tasks[i], how.least_seconds);
  std::vector<std::vector<double>> times(tasks.size());
  for (std::size_t round = 0; round < how.rounds; ++round) {
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      times[i].push_back(seconds_of(tasks[i], calls[i]) / static_cast<double>(calls[i]));
    }
  }
  std::vector<double> medians;
  medians.reserve(times.size());
  for (std::vector<double>& each : times) {
    const auto middle = each.begin() + static_cast<std::ptrdiff_t>(each.size() / 2);
    std::nth_element(each.begin(), middle, each.end());
    medians.push_back(*middle);
  }
  return medians;
}

}  // namespace ravine
