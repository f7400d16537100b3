#include "train/schedule.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr double endless = std::numeric_limits<double>::infinity();

double length_in_steps(const amount& length, const horizon& planned) {
  if (length.unit == cost_unit::share) {
    if (planned.total_steps == 0) {
      throw plugin_error(
          "a schedule's length is a share of the budget, which does not tell the number of steps; give the "
          "length, or the budget, in steps or epochs");
    }
    return length.count * static_cast<double>(planned.total_steps);
  }
  if (length.unit != cost_unit::epochs) return length.count;
  if (planned.steps_per_epoch == 0) {
    throw plugin_error(
        "a schedule is measured in epochs, but a landscape has none; give its length in steps");
  }
  return length.count * static_cast<double>(planned.steps_per_epoch);
}

std::uint64_t nearest_step(double steps) { return static_cast<std::uint64_t>(std::llround(steps)); }

double in_unit(double steps, schedule_unit unit, std::uint64_t steps_per_epoch) {
  return unit == schedule_unit::epoch ? steps / static_cast<double>(steps_per_epoch) : steps;
}

}  // namespace

std::optional<double> followed_metric(const evaluation& point) {
  if (point.at.steps == 0) return std::nullopt;
  for (const char* followed : {"validation_loss", "loss", "train_loss"}) {
    const auto metric = point.metrics.find(followed);
    if (metric != point.metrics.end()) return metric->second;
  }
  return std::nullopt;
}

schedule_sequence::schedule_sequence(const std::vector<schedule_stage>& stages, const horizon& planned,
                                     const registry& plugins)
    : steps_per_epoch_(planned.steps_per_epoch) {
  double planned_begin = 0;  // ends are rounded, not lengths: two halves of an odd epoch make one epoch
  for (const schedule_stage& each : stages) {
    if (each.unit == schedule_unit::epoch && steps_per_epoch_ == 0) {
      throw plugin_error("a schedule goes by epoch, but a landscape has none; use by: step");
    }
    const std::uint64_t begin = nearest_step(planned_begin);
    double steps = planned.total_steps > begin ? static_cast<double>(planned.total_steps - begin) : endless;
    if (each.length) {
      planned_begin += length_in_steps(*each.length, planned);
      steps = static_cast<double>(nearest_step(planned_begin) - begin);
    }
    const component& which = plugins.get(component_kind::scheduler, each.scheduler.use);
    auto schedule = std::make_unique<scheduler>(which, each.scheduler.with);
    stages_.push_back({std::move(schedule), each.unit, begin, in_unit(steps, each.unit, steps_per_epoch_)});
  }
}

schedule_sequence::stage& schedule_sequence::at(std::uint64_t step) {
  std::size_t i = stages_.size() - 1;
  while (i > 0 && step - 1 < stages_[i].begin) --i;
  return stages_[i];
}

double schedule_sequence::value(std::uint64_t step, double base) {
  stage& now = at(step);
  rv_progress progress{};
  progress.struct_size = sizeof(rv_progress);
  progress.unit = now.unit == schedule_unit::epoch ? RV_UNIT_EPOCH : RV_UNIT_STEP;
  const std::uint64_t done = step - 1 - now.begin;
  progress.t = static_cast<double>(now.unit == schedule_unit::epoch ? done / steps_per_epoch_ : done);
  progress.total = now.total;
  return now.schedule->value(base, progress);
}

void schedule_sequence::observe(std::uint64_t step, double metric) { at(step).schedule->observe(metric); }

void schedule_sequence::add_states(std::vector<plugin_state*>& to) {
  for (stage& each : stages_) to.push_back(&each.schedule->state());
}

hyper_schedules::hyper_schedules(const optimizer_spec& spec, const optimizer& target, const horizon& planned,
                                 const registry& plugins)
    : base_(target.base_values()), values_(base_) {
  const auto& declared = target.which().hyperparameters;
  for (std::size_t i = 0; i < declared.size(); ++i) {
    const auto scheduled = spec.schedules.find(declared[i].name);
    if (scheduled != spec.schedules.end()) {
      driven_.push_back({i, &declared[i], schedule_sequence(scheduled->second, planned, plugins)});
    }
    if (scheduled != spec.schedules.end() || declared[i].name == "lr") recorded_[declared[i].name] = i;
  }
}

void hyper_schedules::begin_step(std::uint64_t step) {
  for (driven& each : driven_) {
    const double base = base_[each.index];
    const double value = each.sequence.value(step, base);
    // Open ends count as valid: cosine takes a learning rate, which is above 0, down to 0.
    const bool valid =
        std::isfinite(value) && value >= each.declared->minimum && value <= each.declared->maximum;
    if (!valid) {
      throw plugin_error(
          fmt::format("the schedule of {} gives {} at step {} (from {} in the manifest), expected {}",
                      each.declared->name, value, step, base, each.declared->range()));
    }
    values_[each.index] = value;
  }
}

void hyper_schedules::observe(std::uint64_t step, double metric) {
  for (driven& each : driven_) each.sequence.observe(step, metric);
}

std::vector<plugin_state*> hyper_schedules::states() {
  std::vector<plugin_state*> all;
  for (driven& each : driven_) each.sequence.add_states(all);
  return all;
}

std::map<std::string, double> hyper_schedules::recorded() const {
  std::map<std::string, double> now;
  for (const auto& [name, index] : recorded_) now[name] = values_[index];
  return now;
}

}  // namespace ravine
