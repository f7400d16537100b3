#pragma once

#include "store/store.hpp"
#include "trial/trial_spec.hpp"
#include "unit/special_numbers.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ravine::testing {

/// What sums of some numbers may differ by.
inline constexpr double rounding = 1e-12;

/// What a stored trial was, as far as a comparison looks at it.
struct made_trial {
  std::string optimizer = "adam";
  std::uint64_t repetition = 0;
  std::map<std::string, double> final_metrics = {{"loss", 1.0}};
  trial_status status = trial_status::completed;
  std::string reason = "";
  std::optional<double> target_steps = std::nullopt;  ///< of 100
  settings point = {};
  std::string problem = "beale";
  std::string experiment = "e";
  std::string plugin_sha256 = "aaaaaaaaaaaaaaaa";
  std::uint64_t seed = 1;
  provenance origin = {"one machine", "one build", 1};
  std::uint64_t budget = 100;
  double noise = 0.5;  ///< without it, repetitions of a landscape are all alike
  std::map<std::string, double> shares = {};
  std::optional<data_request> data = {};
  std::vector<optimizer_spec> inner = {};  ///< one at most: what the optimizer works around
};

inline stored_trial make(const made_trial& given) {
  trial_spec spec;
  spec.problem.label = given.problem;
  spec.problem.model = {given.problem, {}, "model"};
  spec.problem.type = dtype::f64;
  spec.problem.gradient_noise = given.noise;
  spec.problem.data = given.data;
  spec.optimizer.label = given.optimizer;
  spec.optimizer.optimizer = {given.optimizer, given.point, given.plugin_sha256};
  spec.optimizer.optimizer.with["beta"] = 0.9;
  spec.optimizer.inner = given.inner;
  spec.point = given.point;
  spec.train.budget = {static_cast<double>(given.budget), cost_unit::steps};
  spec.evaluate.target = target_spec{"loss", 0.5};
  spec.seed = given.seed;
  spec.repetition = given.repetition;

  stored_trial trial;
  trial.experiment = given.experiment;
  trial.problem = given.problem;
  trial.optimizer = given.optimizer;
  trial.point = given.point;
  trial.shares = given.shares;
  trial.repetition = given.repetition;
  trial.spec = to_json(spec);
  trial.target_metric = "loss";
  trial.target_value = 0.5;
  trial.origin = given.origin;
  trial.result.status = given.status;
  trial.result.reason = given.reason;
  trial.result.spent = {.steps = 100, .evaluations = 200, .gradient_seconds = 3, .optimizer_seconds = 1};
  trial.result.parameters = 10;
  trial.result.state_bytes = 160;
  trial.result.scratch_bytes = 40;
  if (given.target_steps) {
    const double share = *given.target_steps / 100;
    trial.result.target_reached_at = cost{.steps = static_cast<std::uint64_t>(*given.target_steps),
                                          .evaluations = static_cast<std::uint64_t>(200 * share),
                                          .gradient_seconds = 3 * share,
                                          .optimizer_seconds = share};
  }
  trial.result.evaluations = {{.at = {}, .metrics = {{"loss", 9.0}}},
                              {.at = trial.result.spent, .metrics = given.final_metrics}};
  return trial;
}

/// adam's, at a learning rate.
inline stored_trial made_at(double lr, double loss, std::uint64_t repetition = 0) {
  return make({.repetition = repetition, .final_metrics = {{"loss", loss}}, .point = {{"lr", lr}}});
}

}  // namespace ravine::testing
