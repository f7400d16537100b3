#include "train/continuation.hpp"

#include "plugin/configuration.hpp"
#include "train/lr_scaling.hpp"

#include <ravine/abi.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace ravine {
namespace {

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same_bits(const aligned_array& a, const aligned_array& b) {
  return a.bytes() == b.bytes() && (a.bytes() == 0 || std::memcmp(a.data(), b.data(), a.bytes()) == 0);
}

/// Whether two sequences of the same schedules remember the same.
bool remember_the_same(schedule_sequence& one, schedule_sequence& other) {
  std::vector<plugin_state*> of_one, of_other;
  one.add_states(of_one);
  other.add_states(of_other);
  return std::ranges::equal(of_one, of_other, [](const plugin_state* a, const plugin_state* b) {
    return std::ranges::equal(a->arrays(), b->arrays(),
                              [](const auto& x, const auto& y) { return same_bits(x.elements, y.elements); });
  });
}

bool take_the_same_course(schedule_sequence& one, schedule_sequence& other, double base,
                          const trial_result& so_far) {
  auto next = so_far.evaluations.begin();
  for (std::uint64_t step = 1; step <= so_far.spent.steps; ++step) {
    if (!same_bits(one.value(step, base), other.value(step, base))) return false;
    for (; next != so_far.evaluations.end() && next->at.steps <= step; ++next) {
      const std::optional<double> metric = followed_metric(*next);
      if (!metric) continue;
      one.observe(step, *metric);
      other.observe(step, *metric);
    }
  }
  return remember_the_same(one, other);
}

bool schedules_go_the_same_way(const optimizer_spec& spec, const planned_steps& steps, const horizon& one,
                               const horizon& other, const trial_result& so_far) {
  const component& which = steps.plugins.get(component_kind::optimizer, spec.optimizer.use);
  const configuration base(which, scale_learning_rate(which, spec.optimizer.with, steps.lr_factor));
  for (std::size_t i = 0; i < which.hyperparameters.size(); ++i) {
    const auto scheduled = spec.schedules.find(which.hyperparameters[i].name);
    if (scheduled == spec.schedules.end()) continue;
    schedule_sequence as_one(scheduled->second, one, steps.plugins);
    schedule_sequence as_other(scheduled->second, other, steps.plugins);
    if (!take_the_same_course(as_one, as_other, base.values()[i], so_far)) return false;
  }
  return true;
}

}  // namespace

bool goes_the_same_way(const planned_steps& steps, const horizon& one, const horizon& other,
                       const trial_result& so_far) {
  if (one.total_steps == other.total_steps) return true;
  bool same = true;
  try {
    for_each_optimizer(steps.by, [&](const optimizer_spec& each) {
      const component& which = steps.plugins.get(component_kind::optimizer, each.optimizer.use);
      same = same && which.can(RV_OPTIMIZER_IGNORES_TOTAL) &&
             schedules_go_the_same_way(each, steps, one, other, so_far);
    });
  } catch (const plugin_error&) {  // a schedule that fails for one length
    return false;
  }
  return same;
}

}  // namespace ravine
