#include "trial/spec_json.hpp"

#include "core/error.hpp"
#include "core/settings_json.hpp"

#include <array>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

component_spec component_from(const json& from) {
  component_spec spec{from.at("use").get<std::string>(), settings_from_json(from.at("with").dump()),
                      from.at("plugin_sha256").get<std::string>()};
  if (from.contains("file_sha256")) {
    spec.file_sha256 = from["file_sha256"].get<std::map<std::string, std::string>>();
  }
  return spec;
}

/// {"steps": 500}, maybe beside other keys.
amount amount_from(const json& from) {
  for (const cost_unit unit :
       {cost_unit::steps, cost_unit::epochs, cost_unit::evaluations, cost_unit::seconds, cost_unit::share}) {
    if (const auto found = from.find(to_string(unit)); found != from.end())
      return {found->get<double>(), unit};
  }
  throw error("found no length");
}

schedule_stage stage_from(const json& from) {
  schedule_stage stage{component_from(from), {}, schedule_unit::step};
  if (from.contains("for")) stage.length = amount_from(from["for"]);
  if (from.at("by") == "epoch") stage.unit = schedule_unit::epoch;
  return stage;
}

problem_spec problem_from(const json& from) {
  problem_spec problem;
  problem.model = component_from(from.at("model"));
  problem.type = from.at("dtype") == "f32" ? dtype::f32 : dtype::f64;
  if (from.contains("data")) {
    const json& data = from["data"];
    problem.data = data_request{data.at("use").get<std::string>(), settings_from_json(data.at("with").dump()),
                                data.value("sha256", std::string())};
  }
  if (from.contains("start")) problem.start = from["start"].get<std::vector<double>>();
  if (from.contains("instance")) {
    problem.instance = {from["instance"].at("rotate").get<bool>(), from["instance"].at("shift").get<bool>()};
  }
  problem.gradient_noise = from.value("noise", 0.0);
  return problem;
}

optimizer_spec optimizer_from(const json& from) {
  optimizer_spec optimizer;
  optimizer.optimizer = component_from(from);
  if (from.contains("schedule")) {
    for (const auto& [name, stages] : from["schedule"].items()) {
      for (const json& each : stages) optimizer.schedules[name].push_back(stage_from(each));
    }
  }
  if (from.contains("inner")) optimizer.inner.push_back(optimizer_from(from["inner"]));
  if (from.contains("groups")) {
    for (const json& each : from["groups"]) optimizer.groups.push_back(optimizer_from(each));
  }
  optimizer.selects = {from.value("tensors", std::string()), from.value("role", std::string())};
  return optimizer;
}

train_spec train_from(const json& from) {
  train_spec train;
  train.budget = amount_from(from);
  train.batch_size = from.at("batch_size").get<std::uint64_t>();
  if (from.contains("clip")) {
    if (from["clip"].contains("norm")) train.clip.norm = from["clip"]["norm"].get<double>();
    if (from["clip"].contains("value")) train.clip.value = from["clip"]["value"].get<double>();
  }
  if (from.contains("scale_lr_with_batch")) {
    train.lr_reference_batch = from["scale_lr_with_batch"].at("reference").get<std::uint64_t>();
  }
  if (from.contains("stop_after")) train.stop_after = amount_from(from["stop_after"]);
  return train;
}

evaluate_spec evaluate_from(const json& from) {
  evaluate_spec evaluate;
  evaluate.every = amount_from(from.at("every"));
  evaluate.stop_at_target = from.at("stop_at_target").get<bool>();
  if (from.contains("target")) {
    const auto target = from["target"].items().begin();
    evaluate.target = target_spec{target.key(), target.value().get<double>()};
  }
  if (from.contains("curvature")) {
    const json& curvature = from["curvature"];
    evaluate.curvature =
        curvature_spec{amount_from(curvature.at("every")), curvature.at("examples").get<std::uint64_t>(),
                       curvature.at("rho").get<double>()};
  }
  return evaluate;
}

}  // namespace

trial_spec spec_from_json(const std::string& text) {
  trial_spec spec;
  try {
    const json from = json::parse(text);
    spec.problem = problem_from(from.at("problem"));
    spec.optimizer = optimizer_from(from.at("optimizer"));
    spec.train = train_from(from.at("train"));
    spec.evaluate = evaluate_from(from.at("evaluate"));
    spec.threads = from.value("threads", std::uint64_t{1});
    spec.seed = from.at("seed").get<std::uint64_t>();
    spec.repetition = from.at("repetition").get<std::uint64_t>();
  } catch (const json::exception& problem) {
    throw error(fmt::format("found a specification that can't be read: {}", problem.what()));
  }
  // Whatever is not understood here would make it another trial.
  if (to_json(spec) != text) throw error("found a specification with parts that this version does not know");
  return spec;
}

}  // namespace ravine
