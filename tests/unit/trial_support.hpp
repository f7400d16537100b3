#pragma once

#include "data/dataset_content.hpp"
#include "data/shared_dataset.hpp"
#include "train/trial.hpp"
#include "unit/plugin_support.hpp"

#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace ravine::testing {

/// The shipped plugins, and those of tests/plugins that trials are tested with.
inline const registry& trial_plugins() {
  static const registry loaded = [] {
    registry found;
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    for (const char* name : {"c_bowl", "c_halving", "idle", "log_model", "log_optimizer", "log_scheduler",
                             "measuring", "misbehaving", "sdk_probe", "throwing"}) {
      found.load(test_object(name));
    }
    return found;
  }();
  return loaded;
}

inline component_spec use(component_kind kind, const std::string& id, const settings& with = {}) {
  const component& which = trial_plugins().get(kind, id);
  return {id, which.complete(with), which.file->sha256};
}

inline schedule_stage stage(const std::string& id, const settings& with = {},
                            std::optional<amount> length = std::nullopt,
                            schedule_unit unit = schedule_unit::step) {
  return {use(component_kind::scheduler, id, with), length, unit};
}

/// That optimizer; a wrapper around adam.
inline optimizer_spec rule_of(const std::string& id, const settings& with = {}) {
  optimizer_spec spec;
  spec.optimizer = use(component_kind::optimizer, id, with);
  if (trial_plugins().get(component_kind::optimizer, id).can(RV_OPTIMIZER_WRAPS))
    spec.inner = {rule_of("adam")};
  return spec;
}

/// `optimizer`, if it is a wrapper around adam, on `model`, for `steps` steps, evaluated at the start and the
/// end.
inline trial_spec trial_of(const std::string& model, const std::string& optimizer, double steps,
                           const settings& optimizer_with = {}, const settings& model_with = {}) {
  trial_spec spec;
  spec.problem.model = use(component_kind::model, model, model_with);
  spec.problem.type = dtype::f64;
  spec.optimizer = rule_of(optimizer, optimizer_with);
  spec.train.budget = {steps, cost_unit::steps};
  spec.evaluate.every = {1e6, cost_unit::steps};
  return spec;
}

/// `count` training rows of one pixel each, every one in a class of its own, so that labels tell the rows;
/// the same rows for validation, and class 0 alone for test.
inline dataset_content labelled_content(std::uint8_t count) {
  dataset_content data;
  data.name = "labelled rows";
  data.shape = {1};
  data.classes = count;
  for (std::uint8_t i = 0; i < count; ++i) {
    data.train.pixels.push_back(i);
    data.train.labels.push_back(i);
  }
  data.validation = data.train;
  data.test = {{0}, {0}};
  return data;
}

/// The same, ready for trials.
inline dataset labelled_rows(std::uint8_t count) { return share_dataset(labelled_content(count)); }

/// Lets a trial run to its end.
struct patient : trial_observer {
  command after_step(const cost&, std::uint64_t, double) override { return command::go_on; }
};

inline trial_result run(const trial_spec& spec, const dataset* data = nullptr,
                        path_recording recording = path_recording::thinned) {
  patient observer;
  return run_trial(spec, trial_plugins(), data, observer, recording);
}

/// What the log_* plugins say while a trial runs, line by line.
inline std::pair<trial_result, std::vector<std::string>> run_logged(const trial_spec& spec,
                                                                    const dataset* data = nullptr) {
  ::testing::internal::CaptureStderr();
  trial_result result = run(spec, data);
  std::istringstream text(::testing::internal::GetCapturedStderr());
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return {std::move(result), std::move(lines)};
}

/// The lines that begin with `start`.
inline std::vector<std::string> beginning_with(const std::string& start,
                                               const std::vector<std::string>& lines) {
  std::vector<std::string> some;
  for (const std::string& line : lines) {
    if (line.starts_with(start)) some.push_back(line);
  }
  return some;
}

/// The steps after which metrics were taken.
inline std::vector<std::uint64_t> evaluated_steps(const trial_result& result) {
  std::vector<std::uint64_t> steps;
  for (const evaluation& each : result.evaluations) steps.push_back(each.at.steps);
  return steps;
}

}  // namespace ravine::testing
