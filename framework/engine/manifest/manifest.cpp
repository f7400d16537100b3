#include "manifest/manifest.hpp"

#include "core/file_kind.hpp"
#include "core/nearest.hpp"
#include "core/printable.hpp"
#include "manifest/block.hpp"
#include "manifest/checkpoint_block.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/expansion.hpp"
#include "manifest/limits_block.hpp"
#include "manifest/lr_scaling_check.hpp"
#include "manifest/overrides.hpp"
#include "manifest/schedule_length_check.hpp"
#include "manifest/stand_ins.hpp"
#include "manifest/suite.hpp"
#include "manifest/yaml_value.hpp"
#include "plugin/task.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

/// A manifest that could not be read at all has this as its only error.
manifest_error unreadable(const std::string& file, const place& at, const std::string& message) {
  return {file, {{at.line, at.column, message}}};
}

/// A name is also the name of the results file.
std::string read_name(const block& in, const std::string& file) {
  const yaml_value* const value = in["name"];
  std::string name = in.text("name").value_or(std::filesystem::path(file).stem().string());
  constexpr std::size_t longest = 200;  // bytes; SQLite adds to it, and file systems hold 255
  if (value != nullptr && name.size() > longest) {
    in.errors().add(value->at,
                    fmt::format("name: found {} bytes, expected at most {}: it is also the name of "
                                "the results file",
                                name.size(), longest));
  } else if (value != nullptr && name.find('/') != std::string::npos) {
    const key_grammar& key = in.grammar().at("name");
    expected(*value, key.name, fmt::format("{}{}", describe(key.value), key.hint), in.errors());
  }
  if (value == nullptr && !is_printable(name)) {
    in.errors().add({}, fmt::format("name: the file's name, {}, has characters that are no text; give the "
                                    "experiment another, such as name: experiment",
                                    printable(name)));
  }
  return name;
}

void check_description(const block& in) {
  const yaml_value* const value = in["description"];
  const bool fine = value == nullptr || value->is_scalar() || value->type == yaml_value::kind::null;
  if (!fine) expected(*value, "description", describe(in.allowed("description")), in.errors());
}

/// Every problem with data needs the metric by which its optimizers are tuned.
void check_tuning_metric(const experiment_draft& draft, diagnostics& errors) {
  for (const problem_draft& problem : draft.problems) {
    if (problem.kind != problem_kind::data) continue;
    const std::vector<std::string> all = metrics_of(problem);
    const std::string& metric = draft.tuning->metric;
    if (std::find(all.begin(), all.end(), metric) != all.end()) continue;
    const bool accuracy = metric.ends_with("accuracy"), validation = metric.starts_with("validation_");
    const bool numbers = problem.model != nullptr && predicts_numbers(*problem.model);
    errors.add(draft.tuning->at, fmt::format("tuning.metric: {} has no {}{}", problem.title(), metric,
                                             numbers && accuracy ? ", as it predicts numbers; use a loss"
                                             : validation ? ", as validation: 0 keeps no examples for it"
                                                          : ""));
  }
}

/// The baseline has to be one of the optimizers; empty if the manifest fixes none.
std::string read_baseline(const block& in, const std::vector<optimizer_draft>& optimizers) {
  const yaml_value* const written = in["baseline"];
  std::string baseline = in.text("baseline").value_or("");
  if (written == nullptr || baseline.empty()) return "";
  std::vector<std::string> labels;
  labels.reserve(optimizers.size());
  for (const optimizer_draft& each : optimizers) labels.push_back(each.label);
  if (labels.empty() || std::ranges::find(labels, baseline) != labels.end()) return baseline;
  in.errors().add(written->at,
                  fmt::format("baseline: found {}, expected the label of one of the optimizers{}",
                              found_text(*written), expected_name(baseline, labels, "there are:")));
  return "";
}

experiment_draft read_experiment(const block& in, const registry& plugins) {
  diagnostics& errors = in.errors();
  experiment_draft draft;
  check_description(in);
  draft.seed = in.count("seed").value();
  draft.repetitions = in.count("repetitions").value();
  draft.at = in["repetitions"] != nullptr ? in["repetitions"]->at : in.at();
  draft.threads = in.count("threads_per_trial").value();
  draft.limits = read_limits(in);
  draft.checkpoint = read_checkpoint(in);
  draft.tuning = read_tuning(in);
  draft.problems = read_problems(in, plugins);
  check_checkpoint(draft.checkpoint.every, draft.problems, errors);
  draft.training = resolve(draft.problems, read_train(in), read_evaluate(in), errors);
  draft.optimizers = read_optimizers(in, draft.problems, plugins);
  draft.tensors = tensors_of(draft.problems, draft.optimizers);
  check_groups(draft.problems, draft.optimizers, draft.tensors, errors);
  draft.baseline = read_baseline(in, draft.optimizers);
  check_lr_scaling(draft.problems, draft.training, draft.optimizers, errors);
  check_schedule_lengths(draft.problems, draft.training, draft.optimizers, plugins, errors);
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
  const bool of_suite = insert_suite(root, errors);
  const block in(root, "", grammar::manifest, errors);
  plan all;
  if (in.valid()) {
    all.name = read_name(in, file);
    const experiment_draft draft = read_experiment(in, plugins);
    errors.raise(file);
    all.seed = draft.seed;
    all.repetitions = draft.repetitions;
    all.baseline = draft.baseline;
    if (draft.tuning) {
      all.tuning_metric = draft.tuning->metric;
      all.search = draft.tuning->effort;
      all.stop_early = draft.tuning->stop_early;
    }
    all.trials = expand(draft, errors);
    all.stand_ins = stand_ins_of(all.trials, plugins);
  }
  errors.raise(file);
  // What was run, whatever another installation has as a suite of that name.
  all.manifest = overrides.empty() && !of_suite ? std::string(text) : emit_yaml(root);
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
  const std::string instead = found_instead_of_file(file);
  if (!instead.empty())
    throw fail(fmt::format("is {}, expected a regular file; save the manifest to one", instead));
  std::ifstream in(file, std::ios::binary);
  std::string text(yaml_size_limit + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof())) throw fail("can't be read; check its permissions");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_manifest(text, name, overrides, plugins);
}

}  // namespace ravine
