#pragma once

#include "data/dataset.hpp"
#include "plugin/registry.hpp"
#include "train/lr_scaling.hpp"
#include "trial/trial_spec.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ravine {

/// Short trainings around a rate. A range test meets each rate for a moment, and can't see that a rate which
/// makes the loss fall fast at first keeps it high later, as with moves of constant size (lion, muon), or
/// that a higher one is stable.
class rate_search {
 public:
  /// `brief` is the trial with the budget of a short training; its optimizer has an lr, whose schedule does
  /// not apply. At most `most` are run. `data` as for run_trial.
  rate_search(trial_spec brief, const registry& plugins, const dataset* data, std::uint64_t most);

  /// Doubles or halves the rate as long as the loss gets lower and the optimizer accepts the rate.
  void run(double from);

  /// By lr: the loss at the end, on validation data if there are any; infinity if it diverged.
  const std::map<double, double>& losses() const { return losses_; }
  /// The loss before the first step, measured alike.
  const std::optional<double>& first_loss() const { return first_loss_; }
  /// What a plugin did wrong, which ended the search; empty if nothing.
  const std::string& fault() const { return fault_; }

 private:
  bool climb(double from, double factor);
  bool attempt(double lr);

  optimizer_spec& driven() { return *with_learning_rate(spec_.optimizer, plugins_); }

  trial_spec spec_;
  const registry& plugins_;
  const hyperparameter& range_;  // of lr
  const dataset* data_;
  std::uint64_t left_;
  std::map<double, double> losses_;
  std::optional<double> first_loss_;
  std::string fault_;
};

}  // namespace ravine
