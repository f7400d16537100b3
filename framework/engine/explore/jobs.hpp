#pragma once

#include "core/error.hpp"
#include "plugin/registry.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// A request that asks for what can't be done; the message says what to change.
struct request_error : error {
  using error::error;
};

/// Runs manifests of one landscape at once, each optimizer in a worker of its own, so that one that crashes
/// costs its own path alone. Workers are kept for the next request.
class tracer {
 public:
  /// The plugins outlive it. Make it early, as a worker_executor.
  explicit tracer(const registry& plugins);
  ~tracer();
  tracer(const tracer&) = delete;
  tracer& operator=(const tracer&) = delete;

  /// The request:
  ///
  ///     manifest   text, as for ravine run; at most 12 trials of 100,000 steps, one repetition
  ///     build      optional: the file of a plugin that another one hides, to be used instead of that
  ///     cells      optional: also draw the landscape, so many cells each way (8 … 256)
  ///     frame      optional: {lower: [x, y], upper: [x, y]} of that image, else the landscape's box
  ///
  /// Answers {paths: [{label, status, reason, step, evaluations, x, y, loss, rates}], image}; the rates are
  /// {step, lr} at each evaluation, or null without a learning rate. Throws request_error.
  nlohmann::json answer(const nlohmann::json& request);

 private:
  class build;

  build& hidden_build(const std::string& file);

  const registry& plugins_;
  std::unique_ptr<build> usual_;
  std::map<std::string, std::unique_ptr<build>> hidden_;  ///< by file
};

/// Runs a manifest of models with data, tuned or not, and reports each evaluation as it is made: the events
/// {event: "stage", tuned, missing}, {event: "trial" | "step" | "evaluation" | "end", label, role, …} and
/// finally {event: "done"}; of images also {event: "examples", …}, see example_images, and at checkpoints and
/// ends {event: "view", …}, see network_view. All results of a stage train side by side, however few cores
/// there are. At most 8 trials, or 400 of a search. Throws request_error.
///
/// Results and checkpoints are kept in `file`: asked again, trials go on from there, and those that have
/// ended are told of as if they ran; a view is then {event: "view", …, problem} where another training's end
/// has taken the place of theirs. Empty: nothing is kept.
void train_job(const nlohmann::json& request, const registry& plugins, unsigned jobs,
               const std::filesystem::path& file, const std::function<void(const nlohmann::json&)>& tell);

}  // namespace ravine
