#pragma once

#include "core/byte_stream.hpp"
#include "plugin/memory.hpp"
#include "train/curvature.hpp"
#include "train/objective.hpp"
#include "train/path_recorder.hpp"
#include "train/rule.hpp"
#include "train/training_budget.hpp"
#include "train/training_clock.hpp"
#include "train/trial.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// One trial at work on parameters of type T. Writes into `result` as it goes, so that a fault loses nothing
/// of what came before.
template <class T>
class trial_run {
 public:
  trial_run(const trial_spec& spec, const registry& plugins, const dataset* data, trial_observer& observer,
            path_recording recording, trial_result& result);
  trial_run(const trial_run&) = delete;
  trial_run& operator=(const trial_run&) = delete;

  /// Goes on from a checkpoint, if there is one and it fits.
  void run(std::span<const std::byte> checkpoint);

 private:
  enum class outcome { go_on, ended };

  outcome begin();
  outcome take_step();
  std::string damage();
  void check_arrays();
  void plan_checkpoint();
  std::vector<aligned_array*> lasting_arrays();
  void take_checkpoint();
  void take_end_state();
  void write_state(byte_writer& out);
  void expect_the_same_way(const trial_result& before, std::uint64_t its_total_steps);
  void restore(std::span<const std::byte> checkpoint);
  bool resume(std::span<const std::byte> checkpoint);
  evaluation& latest_evaluation();
  bool measure_curvature();
  outcome evaluate();
  outcome evaluate_last();
  outcome end(trial_status status, std::string reason);
  void show_parameters();
  void prepare_step();
  outcome take_gradient();
  void update();
  std::map<std::string, double> measure();
  double loss_at_params();
  void end_path();
  double loss_of_closure(const T* point, T* grads);
  static rv_status evaluate_closure(void* self, const void* point, double* loss, void* grads) noexcept;

  std::span<T> params() { return params_.template as<T>(); }
  std::span<T> grads() { return grads_.template as<T>(); }

  const trial_spec& spec_;
  const registry& plugins_;
  trial_observer& observer_;
  trial_result& result_;
  objective<T> objective_;
  training_budget budget_;
  const horizon& planned_;
  std::unique_ptr<rule> rule_;
  aligned_array params_, grads_, point_;
  std::vector<T> before_;  // the parameters before the last step
  std::optional<curvature_watch<T>> curvature_;
  training_clock clock_;
  path_recorder path_;
  rv_closure closure_{};
  rv_step step_{};
  std::uint64_t optimizer_seed_;
  std::uint64_t evaluations_done_ = 0;
  std::uint64_t evaluation_due_ = 0;  // the step after which metrics are taken
  double checkpoint_steps_ = 0;       // between checkpoints; 0: there are none
  bool stop_asked_ = false;
  bool followed_;                     // by the observer, step by step
  std::uint64_t checkpoint_due_ = 0;  // the step after which the next is taken
  double loss_sum_ = 0;               // over examples since the last evaluation
  double examples_ = 0;
  double gradient_norm_ = 0;  // of the last step before an evaluation
};

extern template class trial_run<float>;
extern template class trial_run<double>;

}  // namespace ravine
