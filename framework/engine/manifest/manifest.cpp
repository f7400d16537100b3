#include "manifest/manifest.hpp"

#include "manifest/block.hpp"
#include "manifest/checkpoint_block.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/expansion.hpp"
#include "manifest/limits.hpp"
#include "manifest/lr_scaling_check.hpp"
#include "manifest/overrides.hpp"
#include "manifest/yaml_value.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

/// Seeds stay exact in JSON readers that know doubles only.
constexpr std::int64_t largest_seed = std::int64_t{1} << 53;

constexpr std::int64_t most_threads = 1024;

/// A manifest that could not be read at all has this as its only error.
manifest_error unreadable(const std::string& file, const place& at, const std::string& message) {
  return {file, {{at.line, at.column, message}}};
}

/// A name is also the name of the results file.
std::string read_name(const yaml_value* value, const std::string& file, diagnostics& errors) {
  std::string name = std::filesystem::path(file).stem().string();
  if (value == nullptr) return name;
  name = read_text(*value, "name", errors).value_or(name);
  if (name.find('/') != std::string::npos)
    expected(*value, "name", "text without /: results go to NAME.db", errors);
  return name;
}

std::uint64_t read_count(const yaml_value* value, const char* name, integer_range range,
                         diagnostics& errors) {
  if (value == nullptr) return 1;
  return static_cast<std::uint64_t>(read_integer(*value, name, range, errors).value_or(1));
}

void check_description(const yaml_value* value, diagnostics& errors) {
  const bool fine = value == nullptr || value->is_scalar() || value->type == yaml_value::kind::null;
  if (!fine) expected(*value, "description", "text", errors);
}

/// Every problem with data needs the metric by which its optimizers are tuned.
void check_tuning_metric(const experiment_draft& draft, diagnostics& errors) {
  for (const problem_draft& problem : draft.problems) {
    if (problem.kind != problem_kind::data) continue;
    const std::vector<std::string> all = metrics_of(problem);
    const std::string& metric = draft.tuning->metric;
    if (std::find(all.begin(), all.end(), metric) != all.end()) continue;
    errors.add(
        draft.tuning->at,
        fmt::format("tuning.metric: {} has no {}{}", problem.title(), metric,
                    metric.starts_with("validation_") ? ", as validation: 0 keeps no examples for it" : ""));
  }
}

experiment_draft read_experiment(const block& in, const registry& plugins, diagnostics& errors) {
  experiment_draft draft;
  draft.at = in.at();
  check_description(in["description"], errors);
  draft.seed = read_count(in["seed"], "seed", {0, largest_seed}, errors);
  draft.repetitions =
      read_count(in["repetitions"], "repetitions", {1, static_cast<std::int64_t>(plan_limit)}, errors);
  if (const yaml_value* repetitions = in["repetitions"]) draft.at = repetitions->at;
  draft.threads = read_count(in["threads_per_trial"], "threads_per_trial", {1, most_threads}, errors);
  draft.limits = read_limits(in["limits"], errors);
  draft.checkpoint = read_checkpoint(in["checkpoint"], errors);
  if (const yaml_value* tuning = in["tuning"]) draft.tuning = read_tuning(*tuning, errors);
  const train_block train = read_train(in["train"], "train", errors);
  const evaluate_block evaluate = read_evaluate(in["evaluate"], "evaluate", errors);
  if (const yaml_value* problems = in["problems"]) {
    draft.problems = read_problems(*problems, plugins, errors);
  } else {
    errors.add(in.at(), "problems are missing: problems: [{use: mlp, data: {use: mnist}}]");
  }
  check_checkpoint(draft.checkpoint, draft.problems, errors);
  draft.training = resolve(draft.problems, train, evaluate, errors);
  if (const yaml_value* optimizers = in["optimizers"]) {
    draft.optimizers = read_optimizers(*optimizers, draft.problems, plugins, errors);
    check_lr_scaling(draft.problems, draft.training, draft.optimizers, errors);
  } else {
    errors.add(in.at(), "optimizers are missing: optimizers: [{use: adam, with: {lr: 0.001}}]");
  }
  if (draft.tuning) check_tuning_metric(draft, errors);
  return draft;
}

}  // namespace

plan parse_manifest(std::string_view text, const std::string& file, const std::vector<std::string>& overrides,
                    const registry& plugins) {
  yaml_value root;
  try {
    root = parse_yaml(text);
  } catch (const yaml_error& problem) {
    throw unreadable(file, problem.at, problem.what());
  }
  diagnostics errors(overrides);
  apply_overrides(root, overrides, errors);
  const block in(root, "the manifest",
                 {"name", "description", "seed", "repetitions", "problems", "train", "evaluate", "optimizers",
                  "limits", "threads_per_trial", "checkpoint", "tuning"},
                 errors);
  plan all;
  if (in.valid()) {
    all.name = read_name(in["name"], file, errors);
    const experiment_draft draft = read_experiment(in, plugins, errors);
    errors.raise(file);
    all.seed = draft.seed;
    all.repetitions = draft.repetitions;
    if (draft.tuning) {
      all.tuning_metric = draft.tuning->metric;
      all.stop_early = draft.tuning->stop_early;
    }
    all.trials = expand(draft, errors);
  }
  errors.raise(file);
  all.manifest = overrides.empty() ? std::string(text) : emit_yaml(root);
  return all;
}

plan load_manifest(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                   const registry& plugins) {
  const std::string name = file.string();
  const auto fail = [&](const std::string& why) {
    return unreadable(name, {0, 0}, fmt::format("{}: {}", name, why));
  };
  std::error_code failure;
  if (!std::filesystem::exists(file, failure)) throw fail("there is no such file");
  if (std::filesystem::is_directory(file, failure)) throw fail("is a folder; name a manifest in it");
  std::ifstream in(file, std::ios::binary);
  std::string text(yaml_size_limit + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof())) throw fail("can't be read; check its permissions");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_manifest(text, name, overrides, plugins);
}

}  // namespace ravine
