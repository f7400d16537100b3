#include "validate/check.hpp"
#include "validate/numbers.hpp"
#include "validate/scheduler_rig.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::array totals{1.0, 7.0, 1000.0, scheduler_rig::endless};

/// Where a course of `total` units is looked at: whole units, and between them.
std::vector<double> times(double total) {
  std::vector<double> t;
  t.reserve(50);
  const double last = std::isfinite(total) ? total : 1e6;
  for (int i = 0; i < 40; ++i) t.push_back(std::floor(last * i / 40));
  for (int i = 0; i < 10; ++i) t.push_back(last * (i + 0.5) / 10);
  return t;
}

/// A schedule may refuse a course without end, in words.
bool takes(const subject& it, double total) {
  try {
    static_cast<void>(scheduler_rig(*it.which, {}).value(0, total));
    return true;
  } catch (const plugin_error&) {
    if (std::isfinite(total)) throw;
    return false;
  }
}

bool observes(const subject& it) { return it.which->can(RV_SCHEDULER_OBSERVES); }

void require_observer(const subject& it) {
  if (!observes(it)) throw not_applicable("it follows no metric");
}

void has_a_value_everywhere(const subject& it) {
  for (const double total : totals) {
    if (!takes(it, total)) continue;
    for (const std::uint32_t unit : {RV_UNIT_STEP, RV_UNIT_EPOCH}) {
      scheduler_rig at_work(*it.which, {});
      for (const double t : times(total)) {
        const double value = at_work.value(t, total, unit);
        if (!std::isfinite(value))
          throw check_failed(fmt::format("at {} of {} the value is {}", t, total, value));
      }
    }
  }
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// Between two observations a schedule is a function of t and total.
void does_not_depend_on_the_order(const subject& it) {
  for (const double total : totals) {
    if (!takes(it, total)) continue;
    scheduler_rig forwards(*it.which, {}), backwards(*it.which, {});
    const std::vector<double> t = times(total);
    std::vector<double> values;
    values.reserve(t.size());
    for (const double each : t) values.push_back(forwards.value(each, total));
    for (std::size_t i = t.size(); i-- > 0;) {
      const double again = backwards.value(t[i], total);
      if (!same_bits(again, values[i])) {
        throw check_failed(fmt::format("at {} of {}: {} when asked in order, {} when asked backwards", t[i],
                                       total, values[i], again));
      }
    }
  }
}

void changes_state_in_observe_alone(const subject& it) {
  scheduler_rig at_work(*it.which, {});
  if (at_work.memory().empty()) throw not_applicable("it has no state");
  for (int i = 0; i < 20; ++i) {
    const auto before = at_work.memory();
    static_cast<void>(at_work.value(i, 20));
    if (at_work.memory() != before) throw check_failed(fmt::format("value changed it at {} of 20", i));
    at_work.observe(1 + number_at(1, static_cast<std::uint64_t>(i)));
    if (const std::string found = at_work.damage(); !found.empty()) throw check_failed(found);
  }
}

void scheduler_keeps_its_state_with_the_host(const subject& it) {
  require_observer(it);
  scheduler_rig through(*it.which, {}), resumed(*it.which, {});
  constexpr int half = 30;
  const auto metric = [](int i) { return 1 / (1.0 + i % 7); };
  for (int i = 0; i < half; ++i) through.observe(metric(i));
  resumed.restore(through.memory());
  for (int i = half; i < 2 * half; ++i) {
    through.observe(metric(i));
    resumed.observe(metric(i));
    if (!same_bits(through.value(i, 2 * half), resumed.value(i, 2 * half))) {
      throw check_failed(
          fmt::format("after {} metrics, the state into a new instance and {} more its value is another",
                      half, i - half + 1));
    }
  }
}

void survives_any_metric(const subject& it) {
  require_observer(it);
  using limits = std::numeric_limits<double>;
  for (const double metric :
       {limits::quiet_NaN(), limits::infinity(), -limits::infinity(), 0.0, limits::max()}) {
    scheduler_rig at_work(*it.which, {});
    try {
      for (int i = 0; i < 30; ++i) {
        at_work.observe(metric);
        static_cast<void>(at_work.value(i, 30));
      }
    } catch (const plugin_error&) {
      continue;
    }
  }
}

}  // namespace

std::span<const check> scheduler_checks() {
  static constexpr std::array checks{
      check{"whole_course", "the value is finite at every time of short, long and endless courses",
            "an endless course has total = INFINITY: let no division or difference make NaN of it",
            has_a_value_everywhere},
      check{"call_order", "the value does not depend on what was asked before",
            "compute it from base, t, total and the state alone: keep nothing in the instance",
            does_not_depend_on_the_order},
      check{"state_in_observe", "state changes when a metric is observed, and only then",
            "do in observe what you do in value", changes_state_in_observe_alone},
      check{"state_round_trip", "a new instance goes on from saved state",
            "keep what must last in state arrays, not in the instance",
            scheduler_keeps_its_state_with_the_host},
      check{"any_metric", "metrics that are NaN or infinite crash nothing",
            "do not use a number as an index or a count before you know that it is finite",
            survives_any_metric},
  };
  return checks;
}

}  // namespace ravine
