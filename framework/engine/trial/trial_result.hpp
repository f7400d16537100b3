#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

enum class trial_status {
  completed,       ///< used its whole budget
  reached_target,  ///< stopped at the target, as asked
  stopped_early,   ///< a search trial, at the part of its budget in which it had to prove itself
  diverged,        ///< loss or gradient was not finite
  escaped,         ///< left the landscape's box by more than ten widths
  failed,          ///< a component answered an error
  crashed,         ///< a signal ended its worker
  timed_out,
  out_of_memory,
  lost,  ///< with the machine that ran it, again and again
  interrupted
};

/// "completed", "reached target", …
std::string_view to_string(trial_status status);
/// The inverse of to_string; throws ravine::error for an unknown name.
trial_status trial_status_from(std::string_view name);

/// Cost so far. Excludes metric evaluation.
struct cost {
  std::uint64_t steps = 0;
  std::uint64_t evaluations = 0;  ///< of the gradient or of the loss alone, each batch one
  double epochs = 0;              ///< passes over the training data, with fractions; 0 without data
  double gradient_seconds = 0;    ///< drawing batches, loss, gradient, clipping
  double optimizer_seconds = 0;   ///< schedules and optimizer steps

  double seconds() const { return gradient_seconds + optimizer_seconds; }
  bool operator==(const cost&) const = default;
};

/// Metrics at one evaluation point. Names: train_loss (mean batch loss since the last point),
/// validation_loss, validation_accuracy, test_loss, test_accuracy, loss and gap (of landscapes; gap is the
/// loss above the minimum that the landscape declares, if it does), gradient_norm (before clipping) and
/// update_norm (both of the last step, Euclidean), and one `value.NAME` per scheduled hyperparameter and for
/// lr; of the curvature, see train/curvature.hpp, at steps of its own. Accuracies are shares, 0 … 1. A metric
/// that has no value is absent.
struct evaluation {
  cost at;
  std::map<std::string, double> metrics;
};

/// The path over a landscape: `points` holds steps.size() x dimension numbers.
struct trajectory {
  std::size_t dimension = 0;
  std::vector<std::uint64_t> steps;
  std::vector<std::uint64_t> evaluations;  ///< spent when the point was reached
  std::vector<double> points;
  std::vector<double> losses;
};

/// The library that matrix products come from, if the trial's plugins have brought it.
struct blas_library {
  std::string name;    ///< "OpenBLAS 0.3.21 DYNAMIC_ARCH …"; empty without one
  std::string kernel;  ///< "Haswell": which processors its code is for

  bool operator==(const blas_library&) const = default;
};

struct trial_result {
  trial_status status = trial_status::completed;
  std::string reason;  ///< why, if it is not completed; may be empty
  cost spent;
  std::uint64_t parameters = 0;
  std::uint64_t state_bytes = 0;          ///< of the optimizer, as allocated
  std::uint64_t scratch_bytes = 0;        ///< its room to work in, which is no state
  std::optional<cost> target_reached_at;  ///< cost when the target was first met
  std::vector<evaluation> evaluations;    ///< in order; the first at step 0
  std::string curve_points;  ///< their text, if the trial's process has written it; see curve_text
  trajectory path;           ///< empty unless on a landscape
  blas_library blas = {};

  bool succeeded() const {
    return status == trial_status::completed || status == trial_status::reached_target ||
           status == trial_status::stopped_early;
  }
};

/// Whether something is broken that no choice of hyperparameters explains: a component, or the machine.
bool is_fault(trial_status status);

/// Whether more of the metric is better: true for accuracies.
bool higher_is_better(std::string_view metric);

/// Whether a value of the metric is at least as good as the target. NaN never is.
bool meets(std::string_view metric, double target, double value);

/// Whether the metric is one of landscapes, which have no epochs: loss or gap.
bool is_of_landscape(std::string_view metric);

}  // namespace ravine
