#include "trial/trial_spec.hpp"

#include "core/settings_json.hpp"
#include "core/sha256.hpp"

#include <span>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;  // objects are sorted by key, numbers are written so that they read back exactly

json as_json(const component_spec& spec) {
  json all{{"use", spec.use}, {"with", settings_to_json(spec.with)}, {"plugin_sha256", spec.plugin_sha256}};
  // Named only where there are files: without them nothing has changed since results were first stored.
  if (!spec.file_sha256.empty()) all["file_sha256"] = spec.file_sha256;
  return all;
}

json as_json(const amount& length) { return {{to_string(length.unit), length.count}}; }

json as_json(const schedule_stage& stage) {
  json all = as_json(stage.scheduler);
  if (stage.length) all["for"] = as_json(*stage.length);
  all["by"] = stage.unit == schedule_unit::step ? "step" : "epoch";
  return all;
}

json as_json(const problem_spec& problem) {
  json all{{"model", as_json(problem.model)}, {"dtype", to_string(problem.type)}};
  if (problem.data) {
    all["data"] = {{"use", problem.data->use}, {"with", settings_to_json(problem.data->with)}};
    if (!problem.data->sha256.empty()) all["data"]["sha256"] = problem.data->sha256;
  }
  if (problem.start) all["start"] = *problem.start;
  // Named only where used: without them nothing has changed since results were first stored.
  if (problem.instance != instance_spec{}) {
    all["instance"] = {{"rotate", problem.instance.rotate}, {"shift", problem.instance.shift}};
  }
  if (problem.gradient_noise != 0) all["noise"] = problem.gradient_noise;
  return all;
}

json as_json(const optimizer_spec& optimizer) {
  json all = as_json(optimizer.optimizer);
  for (const auto& [name, stages] : optimizer.schedules) {
    for (const schedule_stage& stage : stages) all["schedule"][name].push_back(as_json(stage));
  }
  if (!optimizer.inner.empty()) all["inner"] = as_json(optimizer.inner.front());
  for (const optimizer_spec& group : optimizer.groups) {
    json& added = all["groups"].emplace_back(as_json(group));
    if (!group.selects.name.empty()) added["tensors"] = group.selects.name;
    if (!group.selects.role.empty()) added["role"] = group.selects.role;
  }
  return all;
}

json as_json(const train_spec& train) {
  json all = as_json(train.budget);
  all["batch_size"] = train.batch_size;
  if (train.clip.norm) all["clip"]["norm"] = *train.clip.norm;
  if (train.clip.value) all["clip"]["value"] = *train.clip.value;
  if (train.lr_reference_batch) all["scale_lr_with_batch"]["reference"] = *train.lr_reference_batch;
  if (train.stop_after) all["stop_after"] = as_json(*train.stop_after);
  return all;
}

json as_json(const evaluate_spec& evaluate) {
  json all{{"every", as_json(evaluate.every)}, {"stop_at_target", evaluate.stop_at_target}};
  if (evaluate.target) all["target"] = {{evaluate.target->metric, evaluate.target->value}};
  if (const auto& curvature = evaluate.curvature) {
    all["curvature"] = {
        {"every", as_json(curvature->every)}, {"examples", curvature->examples}, {"rho", curvature->rho}};
  }
  return all;
}

/// The text of to_json up to the number of the repetition, and from there on. Keys are sorted, so that the
/// repetition stands between these two objects.
std::pair<std::string, std::string> around_repetition(const trial_spec& spec) {
  const json first{{"problem", as_json(spec.problem)},
                   {"optimizer", as_json(spec.optimizer)},
                   {"evaluate", as_json(spec.evaluate)}};
  json last{{"seed", spec.seed}, {"train", as_json(spec.train)}};
  if (spec.threads != 1) last["threads"] = spec.threads;
  std::string before = first.dump(), after = last.dump();
  before.back() = ',';
  after.front() = ',';
  return {before + "\"repetition\":", after};
}

std::string hash_of(std::string_view text) { return sha256_hex(std::as_bytes(std::span(text))); }

}  // namespace

std::string_view to_string(cost_unit unit) {
  switch (unit) {
    case cost_unit::steps:
      return "steps";
    case cost_unit::epochs:
      return "epochs";
    case cost_unit::evaluations:
      return "evaluations";
    case cost_unit::seconds:
      return "seconds";
    case cost_unit::share:
      return "share";
  }
  return "";
}

std::string_view to_string(dtype type) { return type == dtype::f32 ? "f32" : "f64"; }

std::string to_json(const trial_spec& spec) {
  const auto [before, after] = around_repetition(spec);
  return fmt::format("{}{}{}", before, spec.repetition, after);
}

std::string content_hash(const trial_spec& spec) { return hash_of(to_json(spec)); }

std::string lineage_hash(const trial_spec& spec) {
  trial_spec any_length = spec;
  any_length.train.budget = {0, cost_unit::steps};  // which no trial has
  any_length.train.stop_after.reset();
  return content_hash(any_length);
}

repetition_hashes::repetition_hashes(const trial_spec& spec) {
  std::tie(before_, after_) = around_repetition(spec);
}

std::string repetition_hashes::of(std::uint64_t repetition) const {
  return hash_of(fmt::format("{}{}{}", before_, repetition, after_));
}

}  // namespace ravine
