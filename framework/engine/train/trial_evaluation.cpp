#include "train/trial_run.hpp"
#include "train/vector_math.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace ravine {

// What is measured of a trial on its way, and whether it ends there.

/// The one after the last step: what is measured there besides has begun it, or it begins here.
template <class T>
evaluation& trial_run<T>::latest_evaluation() {
  std::vector<evaluation>& all = result_.evaluations;
  if (all.empty() || all.back().at.steps != result_.spent.steps) all.push_back({result_.spent, {}});
  return all.back();
}

/// If it is due after the step. Answers whether it was; the clock stands still then.
template <class T>
bool trial_run<T>::measure_curvature() {
  const std::uint64_t step = result_.spent.steps;
  if (!curvature_ || !(curvature_->due(step) || curvature_->needs_update(step))) return false;
  clock_.pause();
  const std::map<std::string, double> measured = curvature_->after_step(step, params());
  if (!curvature_->due(step)) {
    clock_.resume();
    return false;
  }
  std::map<std::string, double>& metrics = latest_evaluation().metrics;
  metrics = measured;
  if (step != 0) rule_->record(metrics, "value.");
  return true;
}

template <class T>
typename trial_run<T>::outcome trial_run<T>::evaluate() {
  clock_.pause();
  check_arrays();
  evaluation& here = latest_evaluation();
  here.metrics.merge(measure());
  const std::map<std::string, double>& metrics = here.metrics;
  observer_.evaluated(result_.evaluations.back());
  loss_sum_ = examples_ = 0;
  ++evaluations_done_;
  evaluation_due_ = budget_.next_evaluation(evaluations_done_, result_.spent.steps);

  for (const auto& [name, value] : metrics) {
    if (!std::isfinite(value) && name != "gap") {  // the loss is not finite either
      return end(trial_status::diverged,
                 fmt::format("{} is {} after step {}", name, value, result_.spent.steps));
    }
  }
  if (const auto followed = followed_metric(result_.evaluations.back())) {
    rule_->observe(result_.spent.steps, *followed);
  }
  if (const auto& target = spec_.evaluate.target; target && !result_.target_reached_at) {
    const auto metric = metrics.find(target->metric);
    if (metric != metrics.end() && meets(target->metric, target->value, metric->second)) {
      result_.target_reached_at = result_.spent;
      if (spec_.evaluate.stop_at_target) {
        return end(trial_status::reached_target, fmt::format("{} reached {}", target->metric, target->value));
      }
    }
  }
  clock_.resume();
  return outcome::go_on;
}

/// A longer trial may not evaluate here: what that is to go on from is taken before then.
template <class T>
typename trial_run<T>::outcome trial_run<T>::evaluate_last() {
  const bool regular =
      result_.spent.steps == budget_.regular_evaluation(evaluations_done_, result_.spent.steps - 1);
  if (!regular) take_end_state();
  const outcome now = evaluate();
  if (regular && now == outcome::go_on) take_end_state();
  return now;
}

template <class T>
std::map<std::string, double> trial_run<T>::measure() {
  const rv_step at = [this] {
    rv_step after = step_;
    after.grads = nullptr;
    after.closure = nullptr;
    after.loss = std::numeric_limits<double>::quiet_NaN();
    return after;
  }();
  const bool own = rule_->evaluation_point(at, point_.data()) == optimizer::point_use::own_point;
  const auto* const point = static_cast<const T*>(own ? point_.data() : params_.data());
  std::map<std::string, double> metrics = objective_.metrics(point);
  if (result_.spent.steps != 0) {
    // Where a budget of seconds or evaluations ends is known too late to measure the step's norms.
    const bool norms_measured = result_.spent.steps == evaluation_due_;
    const bool gradients = rule_->wants_gradient();
    if (planned_.steps_per_epoch != 0 && gradients) metrics["train_loss"] = loss_sum_ / examples_;
    if (norms_measured && gradients) metrics["gradient_norm"] = gradient_norm_;
    if (norms_measured) {
      metrics["update_norm"] = distance<T>(params(), before_);
    }
    rule_->record(metrics, "value.");
  }
  return metrics;
}

// Members of classes that trial_run.cpp instantiates, which has no sight of these.
template evaluation& trial_run<float>::latest_evaluation();
template evaluation& trial_run<double>::latest_evaluation();
template bool trial_run<float>::measure_curvature();
template bool trial_run<double>::measure_curvature();
template trial_run<float>::outcome trial_run<float>::evaluate();
template trial_run<double>::outcome trial_run<double>::evaluate();
template trial_run<float>::outcome trial_run<float>::evaluate_last();
template trial_run<double>::outcome trial_run<double>::evaluate_last();
template std::map<std::string, double> trial_run<float>::measure();
template std::map<std::string, double> trial_run<double>::measure();

}  // namespace ravine
