#pragma once

#include "trial/trial_result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace ravine {

/// Measures the time of training, split into gradient and optimizer time. The total between resume and pause
/// is exact. The split is sampled, since reading the clock takes as long as a step on a small landscape.
class training_clock {
 public:
  /// Every `period`-th step is sampled, the first one included.
  training_clock(std::uint64_t period, cost& spent) : period_(period), spent_(&spent) {}
  /// A fault that ends a trial in the middle of a step leaves no time uncounted.
  ~training_clock() { pause(); }
  training_clock(const training_clock&) = delete;
  training_clock& operator=(const training_clock&) = delete;

  /// Takes the costs that are there as its own: of a trial that goes on.
  void go_on() {
    step_ = spent_->steps;
    if (spent_->seconds() > 0) gradient_share_ = spent_->gradient_seconds / spent_->seconds();
  }

  void resume() { started_ = clock::now(); }

  /// Adds the time since resume to the costs; does nothing if it does not run.
  void pause() {
    if (!started_) return;
    const double seconds = std::chrono::duration<double>(clock::now() - *started_).count();
    started_.reset();
    if (const duration both = gradient_ + optimizer_; both.count() > 0) {
      gradient_share_ = static_cast<double>(gradient_.count()) / static_cast<double>(both.count());
    }
    gradient_ = optimizer_ = duration{};
    spent_->gradient_seconds += gradient_share_ * seconds;
    spent_->optimizer_seconds += (1 - gradient_share_) * seconds;
  }

  /// Answers what `work` does; the time that it takes, within a step or not, is not counted.
  template <class Work>
  auto off_the_clock(Work work) {
    const clock::time_point before = clock::now();
    auto answer = work();
    const duration taken = clock::now() - before;
    if (started_) *started_ += taken;
    mark_ += taken;
    return answer;
  }

  /// A step begins, with work of the optimizer.
  void begin_step() {
    sampled_ = step_++ % period_ == 0;
    if (sampled_) mark_ = clock::now();
  }
  /// What follows is the gradient's work: until here it was the optimizer's.
  void to_gradient() {
    if (sampled_) optimizer_ += lap();
  }
  /// And the reverse.
  void to_optimizer() {
    if (sampled_) gradient_ += lap();
  }
  void end_step() { to_gradient(); }
  /// Whether the step in progress, or just done, is sampled.
  bool sampled() const { return sampled_; }

 private:
  using clock = std::chrono::steady_clock;
  using duration = clock::duration;

  duration lap() {
    const clock::time_point before = mark_;
    mark_ = clock::now();
    return mark_ - before;
  }

  std::uint64_t period_;
  cost* spent_;
  std::optional<clock::time_point> started_;  // empty while paused
  clock::time_point mark_{};
  duration gradient_{}, optimizer_{};  // sampled since the last pause
  double gradient_share_ = 1;
  std::uint64_t step_ = 0;
  bool sampled_ = false;
};

}  // namespace ravine
