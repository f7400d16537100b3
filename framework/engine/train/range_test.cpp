#include "train/range_test.hpp"

#include "train/range_landmarks.hpp"
#include "train/schedule.hpp"
#include "train/trial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

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
  spec.evaluate = {{on_data ? static_cast<double>(how.steps) : 1.0, cost_unit::steps}, std::nullopt, false};
}

/// Collects the losses of a trial at a constant rate.
class loss_record : public trial_observer {
 public:
  explicit loss_record(bool on_data) : on_data_(on_data) {}

  command after_step(const cost&, std::uint64_t, double loss) override {
    if (on_data_) losses_.push_back(loss);
    return command::go_on;
  }
  void evaluated(const evaluation& point) override {
    const auto loss = point.metrics.find("loss");
    if (!on_data_ && loss != point.metrics.end()) losses_.push_back(loss->second);
  }

  /// Mean over the last quarter: one batch alone says little.
  double final_loss() const {
    if (losses_.empty()) return std::numeric_limits<double>::infinity();
    const std::size_t last = std::max<std::size_t>(losses_.size() / 4, 1);
    double sum = 0;
    for (const double loss : std::span(losses_).last(last)) sum += loss;
    const double mean = sum / static_cast<double>(last);
    return std::isfinite(mean) ? mean : std::numeric_limits<double>::infinity();
  }

 private:
  bool on_data_;
  std::vector<double> losses_;
};

/// Short trainings around a rate. A range test meets each rate for a moment, and can't see that a rate which
/// makes the loss fall fast at first keeps it high later, as with moves of constant size (lion, muon), or
/// that a higher one is stable.
class rate_search {
 public:
  rate_search(const trial_spec& prepared, const registry& plugins, const dataset* data, std::uint64_t most)
      : spec_(prepared), plugins_(plugins), data_(data), left_(most) {
    spec_.optimizer.schedules.erase("lr");
  }

  /// Doubles or halves the rate as long as the loss gets lower.
  void run(double from) {
    if (!attempt(from)) return;
    if (!climb(from, 2)) climb(from, 0.5);
  }

  const std::map<double, double>& losses() const { return losses_; }
  const std::string& fault() const { return fault_; }

 private:
  bool climb(double from, double factor) {
    double lr = from;
    while (attempt(lr * factor) && losses_.at(lr * factor) < losses_.at(lr)) lr *= factor;
    return lr != from;
  }

  /// False if nothing more may be tried.
  bool attempt(double lr) {
    if (left_ == 0 || !fault_.empty()) return false;
    --left_;
    spec_.optimizer.optimizer.with["lr"] = lr;
    loss_record record(data_ != nullptr);
    const trial_result result = run_trial(spec_, plugins_, data_, record);
    if (is_fault(result.status)) {
      fault_ = fmt::format("at a constant lr of {:.3g}: {}: {}", lr, to_string(result.status), result.reason);
      return false;
    }
    losses_[lr] = result.status == trial_status::completed ? record.final_loss()
                                                           : std::numeric_limits<double>::infinity();
    return true;
  }

  trial_spec spec_;
  const registry& plugins_;
  const dataset* data_;
  std::uint64_t left_;
  std::map<double, double> losses_;  // by lr
  std::string fault_;
};

/// The best rate tried, if it makes the loss fall at all.
void suggest(range_curve& curve, const rate_search& search, const range_test_settings& how) {
  for (const auto& [lr, loss] : search.losses()) curve.tries.push_back({lr, loss});
  curve.fault = search.fault();
  if (curve.tries.empty() || !curve.fault.empty()) return;
  const range_try best = *std::ranges::min_element(curve.tries, {}, &range_try::loss);
  if (best.loss < curve.points.front().smoothed) {
    curve.suggestion = best.lr;
    return;
  }
  curve.refusal = fmt::format(
      "{} steps at a constant lr from {:.3g} to {:.3g} do not lower the loss below its start, "
      "{:.3g} (lowest: {:.3g}); take more steps",
      how.steps, curve.tries.front().lr, curve.tries.back().lr, curve.points.front().smoothed, best.loss);
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
  const component& optimizer = plugins.get(component_kind::optimizer, spec.optimizer.optimizer.use);
  const hyperparameter* const lr = optimizer.find_hyperparameter("lr");
  if (lr == nullptr || !lr->schedulable) {
    curve.fault = fmt::format("{} has no lr that a schedule may drive", optimizer.id);
    return curve;
  }
  const schedule_stage stage = growth(plugins, how);
  prepare(spec, how, data != nullptr);
  rate_search search(spec, plugins, data, how.tries);
  spec.optimizer.schedules["lr"] = {stage};
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
