#pragma once

#include "data/data_source.hpp"
#include "unit/trial_support.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <vector>

// Trials that leave states to go on from, and what they computed.
namespace ravine::testing {

using bytes = std::vector<std::byte>;

/// Keeps what a trial reports.
struct keeper : patient {
  void evaluated(const evaluation& point) override { reported.push_back(point.at.steps); }
  void checkpoint(std::span<const std::byte> state) override {
    checkpoints.emplace_back(state.begin(), state.end());
  }
  void end_state(std::span<const std::byte> state) override {
    end_states.emplace_back(state.begin(), state.end());
  }
  void went_on(const cost& from) override { went_on_from.push_back(from.steps); }
  void checkpoint_refused(const std::string& why) override { refused.push_back(why); }

  std::vector<std::uint64_t> reported;
  std::vector<bytes> checkpoints, end_states;
  std::vector<std::uint64_t> went_on_from;  ///< steps
  std::vector<std::string> refused;
};

inline trial_result run_from(const trial_spec& spec, keeper& seen, std::span<const std::byte> checkpoint = {},
                             const dataset* data = nullptr) {
  return run_trial(spec, trial_plugins(), data, seen, path_recording::thinned, checkpoint);
}

/// Everything but seconds, bit for bit: a loss of NaN equals itself.
inline std::vector<std::uint64_t> bits_of(const trial_result& result) {
  std::vector<std::uint64_t> all{static_cast<std::uint64_t>(result.status), result.parameters,
                                 result.state_bytes};
  const auto add = [&](double value) { std::memcpy(&all.emplace_back(), &value, sizeof value); };
  const auto add_cost = [&](const cost& spent) {
    all.insert(all.end(), {spent.steps, spent.evaluations});
    add(spent.epochs);
  };
  add_cost(result.spent);
  if (result.target_reached_at) add_cost(*result.target_reached_at);
  for (const evaluation& each : result.evaluations) {
    add_cost(each.at);
    for (const auto& [name, value] : each.metrics) {
      all.push_back(std::hash<std::string>()(name));
      add(value);
    }
  }
  all.insert(all.end(), result.path.steps.begin(), result.path.steps.end());
  all.insert(all.end(), result.path.evaluations.begin(), result.path.evaluations.end());
  for (const double x : result.path.points) add(x);
  for (const double loss : result.path.losses) add(loss);
  return all;
}

/// 40 steps in a turned and shifted valley with noise, evaluated each 9th.
inline trial_spec noisy_valley(const std::string& optimizer) {
  trial_spec spec = trial_of("matyas", optimizer, 40);
  spec.problem.instance = {true, true};
  spec.problem.gradient_noise = 0.05;
  spec.evaluate.every = {9, cost_unit::steps};
  spec.evaluate.target = target_spec{"loss", 0.1};
  spec.checkpoint_every = amount{6, cost_unit::steps};
  return spec;
}

inline const dataset& digits() {
  static const dataset data = load_dataset(
      {"digits",
       {{"train", std::int64_t{150}}, {"validation", std::int64_t{40}}, {"test", std::int64_t{40}}}});
  return data;
}

inline bool wants_gradients(const std::string& optimizer) {
  return !trial_plugins().get(component_kind::optimizer, optimizer).can(RV_OPTIMIZER_NO_GRADIENT);
}

/// 3 epochs of 5 steps, the last of each on a short batch, on a network with dropout; on a small one without
/// it where no gradient is wanted, since state then grows as the square of the parameters.
inline trial_spec network(const std::string& optimizer) {
  using widths = std::vector<std::int64_t>;
  trial_spec spec =
      wants_gradients(optimizer)
          ? trial_of("mlp", optimizer, 3, {}, {{"hidden", widths{8}}, {"dropout", 0.3}})
          : trial_of("cnn", optimizer, 3, {}, {{"channels", widths{1, 1}}, {"hidden", widths{2}}});
  spec.problem.type = dtype::f32;
  spec.problem.data = data_request{"digits", {}};
  spec.train.budget.unit = cost_unit::epochs;
  spec.train.batch_size = 32;
  spec.evaluate.every = {4, cost_unit::steps};
  spec.checkpoint_every = amount{0.7, cost_unit::epochs};
  return spec;
}

inline std::vector<std::string> optimizer_ids() {
  std::vector<std::string> ids;
  for (const component* each : shipped_plugins().all(component_kind::optimizer)) ids.push_back(each->id);
  return ids;
}

}  // namespace ravine::testing
