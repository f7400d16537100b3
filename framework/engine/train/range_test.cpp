#include "train/range_test.hpp"

#include "train/lr_scaling.hpp"
#include "train/range_landmarks.hpp"
#include "train/rate_search.hpp"
#include "train/schedule.hpp"
#include "train/trial.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr double divergence = 3;  // times the size of the best smoothed loss, above it

/// Collects the losses of a trial, and ends it where they diverge.
class range_watch : public trial_observer {
 public:
  range_watch(range_analysis& analysis, schedule_sequence schedule, bool on_data)
      : analysis_(analysis), schedule_(std::move(schedule)), on_data_(on_data) {}

  command after_step(const cost& spent, std::uint64_t, double loss) override {
    if (on_data_) add(spent.steps, loss);
    return diverged_at_ ? command::stop : command::go_on;
  }
  /// A landscape is evaluated at each step: what is measured after one is what the next one meets.
  void evaluated(const evaluation& point) override {
    const auto loss = point.metrics.find("loss");
    if (!on_data_ && loss != point.metrics.end()) add(point.at.steps + 1, loss->second);
  }

  const std::optional<double>& diverged_at() const { return diverged_at_; }
  /// The loop itself found that the step could not go on.
  void diverge_at_step(std::uint64_t step) {
    if (!diverged_at_) diverged_at_ = schedule_.value(step, 0);
  }

 private:
  void add(std::uint64_t step, double loss) {
    if (diverged_at_) return;
    const double lr = schedule_.value(step, 0);
    if (analysis_.add(lr, loss) == range_analysis::verdict::diverged) diverged_at_ = lr;
  }

  range_analysis& analysis_;
  schedule_sequence schedule_;
  bool on_data_;
  std::optional<double> diverged_at_;
};

schedule_stage growth(const registry& plugins, const range_test_settings& how) {
  const component& which = plugins.get(component_kind::scheduler, "exponential_range");
  schedule_stage stage;
  stage.scheduler = {which.id, which.complete({{"from", how.from}, {"to", how.to}}), which.file->sha256};
  return stage;
}

void prepare(trial_spec& spec, const range_test_settings& how, bool on_data) {
  spec.train.budget = {static_cast<double>(how.steps), cost_unit::steps};
  spec.train.stop_after.reset();
  spec.train.lr_reference_batch.reset();
  spec.checkpoint_every.reset();
  spec.checkpoint_at_end = false;
  spec.evaluate = {{on_data ? static_cast<double>(how.steps) : 1.0, cost_unit::steps}, std::nullopt, false};
}

/// The best rate tried, if it makes the loss fall at all.
void suggest(range_curve& curve, const rate_search& search, const range_test_settings& how) {
  for (const auto& [lr, loss] : search.losses()) curve.tries.push_back({lr, loss});
  curve.fault = search.fault();
  if (curve.tries.empty() || !curve.fault.empty()) return;
  const range_try best = *std::ranges::min_element(curve.tries, {}, &range_try::loss);
  const double start = search.first_loss().value_or(curve.points.front().loss);
  if (best.loss < start) {
    curve.suggestion = best.lr;
    return;
  }
  curve.refusal = fmt::format(
      "{} steps at a constant lr from {:.3g} to {:.3g} do not lower the loss below its start, "
      "{:.3g} (lowest: {:.3g}); take more steps",
      how.steps, curve.tries.front().lr, curve.tries.back().lr, start, best.loss);
}

/// Reads the sweep, then tries what it says.
void find_suggestion(range_curve& curve, rate_search& search, const range_test_settings& how) {
  smooth(curve.points, how.smoothing);
  range_landmarks found = landmarks_of(curve.points);
  curve.steepest = found.steepest;
  curve.tenth_of_minimum = found.tenth_of_minimum;
  curve.refusal = std::move(found.refusal);
  if (!curve.steepest) return;
  if (how.tries == 0) {
    curve.suggestion = curve.steepest;
    return;
  }
  search.run(*curve.steepest);
  suggest(curve, search, how);
}

}  // namespace

range_analysis::verdict range_analysis::add(double lr, double loss) {
  if (!std::isfinite(loss)) return verdict::diverged;
  average_ = smoothing_ * average_ + (1 - smoothing_) * loss;
  weight_left_ *= smoothing_;
  const double smoothed = average_ / (1 - weight_left_);
  best_ = points_.empty() ? smoothed : std::min(best_, smoothed);
  points_.push_back({lr, loss, smoothed});
  return smoothed - best_ > divergence * std::abs(best_) ? verdict::diverged : verdict::go_on;
}

range_curve run_range_test(trial_spec spec, const registry& plugins, const dataset* data,
                           const range_test_settings& how) {
  range_curve curve;
  optimizer_spec* const driven = with_learning_rate(spec.optimizer, plugins);
  const hyperparameter* const lr =
      driven == nullptr
          ? nullptr
          : plugins.get(component_kind::optimizer, driven->optimizer.use).find_hyperparameter("lr");
  if (lr == nullptr || !lr->schedulable) {
    curve.fault = fmt::format("{} has no lr that a schedule may drive", spec.optimizer.optimizer.use);
    return curve;
  }
  const schedule_stage stage = growth(plugins, how);
  prepare(spec, how, data != nullptr);
  rate_search search(spec, plugins, data, how.tries);
  driven->schedules["lr"] = {stage};
  range_analysis analysis(how.smoothing);
  range_watch watch(analysis, schedule_sequence({stage}, {how.steps, 0}, plugins), data != nullptr);
  const trial_result result = run_trial(spec, plugins, data, watch);
  if (result.status == trial_status::diverged || result.status == trial_status::escaped) {
    watch.diverge_at_step(std::max<std::uint64_t>(result.spent.steps, 1));
  }
  curve.points = analysis.points();
  curve.diverged_at = watch.diverged_at();
  if (is_fault(result.status)) curve.fault = fmt::format("{}: {}", to_string(result.status), result.reason);
  if (curve.fault.empty()) find_suggestion(curve, search, how);
  return curve;
}

}  // namespace ravine
