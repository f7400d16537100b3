#pragma once

#include "plugin/instance.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_result.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// What schedules that follow a metric are told of an evaluation; empty before the first step.
std::optional<double> followed_metric(const evaluation& point);

/// How long training is planned to last; 0 where that is unknown.
struct horizon {
  std::uint64_t total_steps = 0;
  std::uint64_t steps_per_epoch = 0;  ///< 0 without data
};

/// Schedules that follow one another, each counting from its own beginning: by epoch, the whole epochs since
/// then, wherever in an epoch that was. A schedule that follows a metric is told of it while it is in force.
class schedule_sequence {
 public:
  /// Throws plugin_error for a scheduler that is not loaded, for a length in epochs without data, and for a
  /// share of an unknown number of steps.
  schedule_sequence(const std::vector<schedule_stage>& stages, const horizon& planned,
                    const registry& plugins);

  /// The value for the given 1-based step.
  double value(std::uint64_t step, double base);
  /// Tells the schedule in force at that step of a metric, lower being better.
  void observe(std::uint64_t step, double metric);
  /// Adds the state of each schedule, in order.
  void add_states(std::vector<plugin_state*>& to);

 private:
  struct stage {
    std::unique_ptr<scheduler> schedule;
    schedule_unit unit;
    std::uint64_t begin;  ///< steps done before it begins
    double total;         ///< in `unit`; infinite if unknown
  };

  stage& at(std::uint64_t step);

  std::vector<stage> stages_;
  std::uint64_t steps_per_epoch_;
};

/// Gives every hyperparameter of an optimizer its value for each step.
class hyper_schedules {
 public:
  hyper_schedules(const optimizer_spec& spec, const optimizer& target, const horizon& planned,
                  const registry& plugins);

  /// Computes the values for a 1-based step. Throws plugin_error for a value outside the hyperparameter's
  /// declared range.
  void begin_step(std::uint64_t step);
  /// The current ones in declared order; before the first step, the base values. Stays where it is.
  const double* values() const { return values_.data(); }
  void observe(std::uint64_t step, double metric);
  /// The states of all schedules, always in the same order.
  std::vector<plugin_state*> states();
  /// Current values worth recording: the scheduled ones, and lr.
  std::map<std::string, double> recorded() const;

 private:
  struct driven {
    std::size_t index;
    const hyperparameter* declared;
    schedule_sequence sequence;
  };

  std::vector<double> base_;
  std::vector<double> values_;
  std::vector<driven> driven_;
  std::map<std::string, std::size_t> recorded_;
};

}  // namespace ravine
