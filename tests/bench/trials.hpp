#pragma once

#include "data/data_source.hpp"
#include "plugin/registry.hpp"
#include "train/trial.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace ravine::bench {

class unwatched : public trial_observer {
 public:
  command after_step(const cost&, std::uint64_t, double) override { return command::go_on; }
};

inline const registry& plugins() {
  static const registry loaded = [] {
    registry made;
    made.scan(RAVINE_BENCH_PLUGIN_DIR);
    return made;
  }();
  return loaded;
}

/// The examples of a data source, with its defaults but no validation part: all 60,000 images of mnist.
/// Evaluation is not what is measured, so that the test part is dropped.
inline dataset training_images(const std::string& source) {
  data_request request{source, {}};
  const data_source* const known = find_data_source(source);
  if (known == nullptr) throw std::runtime_error("there is no data source " + source);
  for (const data_option& option : known->options) request.with[option.name] = option.default_value;
  request.with["validation"] = std::int64_t{0};
  dataset data = load_dataset(request);
  data.test = {};
  return data;
}

/// One epoch in batches of 128.
inline trial_spec one_epoch(const std::string& model, const settings& with, const std::string& optimizer,
                            const settings& optimizer_with) {
  trial_spec spec;
  spec.problem.model = {model, with, ""};
  spec.optimizer.optimizer = {optimizer, optimizer_with, ""};
  spec.train.budget = {1, cost_unit::epochs};
  spec.train.batch_size = 128;
  spec.evaluate.every = spec.train.budget;
  return spec;
}

inline trial_result completed(const trial_spec& spec, const dataset* data) {
  unwatched observer;
  trial_result result = run_trial(spec, plugins(), data, observer);
  if (result.status != trial_status::completed) throw std::runtime_error(result.reason);
  return result;
}

}  // namespace ravine::bench
