#pragma once

#include "core/settings.hpp"
#include "trial/data_request.hpp"
#include "trial/tensor_selector.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// `use` and `with` of the manifest: a component or data source and its hyperparameters.
struct component_spec {
  std::string use;
  settings with;              ///< complete: defaults are filled in
  std::string plugin_sha256;  ///< of the shared object that provides it
  /// SHA-256 of the files that `with` names, by hyperparameter; models only.
  std::map<std::string, std::string> file_sha256 = {};

  bool operator==(const component_spec&) const = default;
};

/// `share` is one of the budget, where that tells the number of steps; only a schedule's length has it.
enum class cost_unit { steps, epochs, evaluations, seconds, share };

/// "steps", "epochs", "evaluations", "seconds" or "share".
std::string_view to_string(cost_unit unit);

/// A length of training: 10 epochs, 500 steps.
struct amount {
  double count = 0;
  cost_unit unit = cost_unit::steps;

  bool operator==(const amount&) const = default;
};

/// What a schedule's t counts.
enum class schedule_unit { step, epoch };

/// One schedule of a sequence.
struct schedule_stage {
  component_spec scheduler;
  std::optional<amount> length;  ///< steps, epochs or a share; empty: until the end of training
  schedule_unit unit = schedule_unit::step;

  bool operator==(const schedule_stage&) const = default;
};

/// Clipping of gradients before the optimizer sees them.
struct clip_spec {
  std::optional<double> norm;   ///< scale the whole gradient down to this Euclidean norm
  std::optional<double> value;  ///< clamp each element to [-value, value]

  bool operator==(const clip_spec&) const = default;
};

enum class dtype { f32, f64 };

/// "f32" or "f64".
std::string_view to_string(dtype type);

/// Stop as soon as a metric is at least (accuracies) or at most (everything else) this good.
struct target_spec {
  std::string metric;
  double value = 0;  ///< the hardest, which ends a trial where that is asked for
  /// Further values of the metric, easiest first. Not part of the hash: when they were met is read off the
  /// curve.
  std::vector<double> easier = {};

  bool operator==(const target_spec&) const = default;
};

/// What the seed changes of a landscape, alike for all optimizers of a repetition.
struct instance_spec {
  /// In dimensions: rotations have n^2 elements, and take n^3 operations to draw.
  static constexpr std::size_t largest_rotated = 1000;

  bool rotate = false;
  bool shift = false;

  bool operator==(const instance_spec&) const = default;
};

/// What to train and on what.
struct problem_spec {
  std::string label;  ///< unique within the experiment
  component_spec model;
  std::optional<data_request> data;  ///< empty for a landscape
  dtype type = dtype::f32;
  std::optional<std::vector<double>> start;  ///< landscapes: instead of the customary start
  instance_spec instance;                    ///< landscapes
  double gradient_noise = 0;                 ///< landscapes: standard deviation, added to each element
};

struct optimizer_spec {
  std::string label;  ///< unique on each problem; one line of the comparison
  component_spec optimizer;
  /// Hyperparameter -> schedules that follow one another.
  std::map<std::string, std::vector<schedule_stage>> schedules;
  std::vector<optimizer_spec> inner;  ///< of a wrapper: the one that it works around; its label is empty
  /// Tensors with an optimizer or settings of their own, of which the first that selects a tensor moves it.
  /// The rest of the layout is moved by `optimizer`.
  std::vector<optimizer_spec> groups;
  tensor_selector selects;  ///< of a group
};

/// Calls `visit` with the optimizer, what it works around and its groups, at any depth.
template <class Visit>
void for_each_optimizer(const optimizer_spec& spec, const Visit& visit) {
  visit(spec);
  for (const optimizer_spec& each : spec.inner) for_each_optimizer(each, visit);
  for (const optimizer_spec& each : spec.groups) for_each_optimizer(each, visit);
}

struct train_spec {
  amount budget{10, cost_unit::epochs};
  std::uint64_t batch_size = 128;  ///< 0: the full training set
  clip_spec clip;
  /// The linear scaling rule: lr is meant for batches of this size and multiplied by batch size / this.
  /// Empty: lr is used as it is.
  std::optional<std::uint64_t> lr_reference_batch;
  /// A search trial that has to prove itself ends here, in the budget's unit; its schedules go by the whole
  /// budget. Empty: it is run to its end.
  std::optional<amount> stop_after;
};

/// How the loss around the parameters is looked at on the way; see train/curvature.hpp.
struct curvature_spec {
  amount every;                   ///< steps or epochs
  std::uint64_t examples = 1000;  ///< of the training set, always the same; unused on a landscape
  double rho = 0.05;              ///< radius of sam_sharpness, Euclidean

  bool operator==(const curvature_spec&) const = default;
};

struct evaluate_spec {
  amount every{1, cost_unit::epochs};            ///< steps or epochs
  std::optional<target_spec> target;             ///< the cost of first reaching it is recorded
  bool stop_at_target = false;                   ///< and whether the trial ends there
  std::optional<curvature_spec> curvature = {};  ///< empty: it is not measured
};

/// What ends a trial that takes too much; 0: no limit.
struct limits_spec {
  double seconds = 0;        ///< wall-clock time, evaluations included
  std::uint64_t memory = 0;  ///< bytes beyond what the process had when the trial began
};

/// Everything that determines the outcome of one trial, and what ends or keeps it without changing that.
struct trial_spec {
  problem_spec problem;
  optimizer_spec optimizer;
  settings point;  ///< the searched values of this trial ("lr" -> 0.1); empty without search
  train_spec train;
  evaluate_spec evaluate;
  limits_spec limits;  ///< not part of the hash: it ends a trial, but changes nothing that was measured
  std::uint64_t threads = 1;  ///< of OpenBLAS; more than one add up sums in another order
  /// Steps or epochs between two checkpoints, none if empty; not part of the hash: a trial that goes on from
  /// one has the same outcome.
  std::optional<amount> checkpoint_every;
  /// Whether the state at the end of the budget is kept, for a trial with a longer one; not part of the hash.
  bool checkpoint_at_end = false;
  std::uint64_t seed = 1;        ///< the experiment's
  std::uint64_t repetition = 0;  ///< 0-based
};

/// What the outcome depends on, data and plugins by their SHA-256, as canonical JSON (sorted keys, numbers
/// that read back exactly). Labels are not in it, nor is the search, whose values are in the components.
std::string to_json(const trial_spec& spec);

/// What to_json has of data whose SHA-256 is not known, and of no other: of sorted keys, sha256 comes first.
inline constexpr std::string_view undigested_data = R"("data":{"use":)";

/// SHA-256 of to_json: equal exactly if the trial would repeat a stored one. Renaming a line of a plot
/// repeats no work.
std::string content_hash(const trial_spec& spec);

/// The same without how long the trial trains: equal for trials that differ in that alone, and never the
/// content_hash of any.
std::string lineage_hash(const trial_spec& spec);

/// The content_hash of a trial's repetitions, each for a fraction of the cost.
class repetition_hashes {
 public:
  /// The repetition of `spec` does not matter.
  explicit repetition_hashes(const trial_spec& spec);

  std::string of(std::uint64_t repetition) const;

 private:
  std::string before_, after_;  // the number of the repetition in to_json
};

}  // namespace ravine
