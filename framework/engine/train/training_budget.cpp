#include "train/training_budget.hpp"

#include <algorithm>
#include <cmath>

namespace ravine {
namespace {

/// Rounded up, except by what is a rounding error: 1.1 epochs of 10 steps are 11 steps, not 12.
std::uint64_t whole_steps(double steps) {
  const double nearest = std::round(steps);
  const double whole = std::abs(steps - nearest) < 1e-6 ? nearest : std::ceil(steps);
  return std::max<std::uint64_t>(static_cast<std::uint64_t>(whole), 1);
}

/// Whether a length in seconds or evaluations is used up.
bool used_up(const amount& length, const cost& spent) {
  return (length.unit == cost_unit::seconds ? spent.seconds() : static_cast<double>(spent.evaluations)) >=
         length.count;
}

}  // namespace

training_budget::training_budget(const trial_spec& spec, std::uint64_t steps_per_epoch,
                                 bool one_evaluation_a_step)
    : spec_(spec), one_evaluation_a_step_(one_evaluation_a_step), planned_{0, steps_per_epoch} {
  const amount& budget = spec.train.budget;
  if (steps_per_epoch == 0 &&
      (budget.unit == cost_unit::epochs || spec.evaluate.every.unit == cost_unit::epochs)) {
    throw plugin_error("a landscape has no epochs; give the budget and the evaluation interval in steps");
  }
  planned_.total_steps = known_steps(budget);
  last_step_ = spec.train.stop_after ? known_steps(*spec.train.stop_after) : planned_.total_steps;
}

/// 0 where it shows only on the way.
std::uint64_t training_budget::known_steps(const amount& length) const {
  const bool known = length.unit == cost_unit::steps || length.unit == cost_unit::epochs ||
                     (length.unit == cost_unit::evaluations && one_evaluation_a_step_);
  return known ? whole_steps(in_steps(length)) : 0;
}

std::uint64_t training_budget::planned_epochs() const {
  if (planned_.steps_per_epoch == 0) return 0;
  return planned_.total_steps / planned_.steps_per_epoch +
         (planned_.total_steps % planned_.steps_per_epoch != 0 ? 1 : 0);
}

bool training_budget::left(const cost& spent) const {
  if (stops_early(spent)) return false;
  if (planned_.total_steps != 0) return spent.steps < planned_.total_steps;
  return !used_up(spec_.train.budget, spent);
}

bool training_budget::stops_early(const cost& spent) const {
  if (!spec_.train.stop_after) return false;
  if (last_step_ != 0) return spent.steps >= last_step_;
  return used_up(*spec_.train.stop_after, spent);
}

double training_budget::in_steps(const amount& length) const {
  return length.unit == cost_unit::epochs ? length.count * static_cast<double>(planned_.steps_per_epoch)
                                          : length.count;
}

std::uint64_t training_budget::regular_evaluation(std::uint64_t evaluations, std::uint64_t steps) const {
  const auto due = std::llround(static_cast<double>(evaluations) * in_steps(spec_.evaluate.every));
  return std::max(static_cast<std::uint64_t>(due), steps + 1);
}

std::uint64_t training_budget::next_evaluation(std::uint64_t evaluations, std::uint64_t steps) const {
  const std::uint64_t next = regular_evaluation(evaluations, steps);
  return last_step_ == 0 ? next : std::min(next, last_step_);
}

}  // namespace ravine
