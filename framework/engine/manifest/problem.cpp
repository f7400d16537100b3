#include "manifest/problem.hpp"

#include "manifest/block.hpp"
#include "manifest/use.hpp"
#include "plugin/named_file.hpp"
#include "plugin/task.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

void read_data(const block& owner, problem_draft& problem) {
  const yaml_value& value = *owner["data"];
  const std::string name = owner.path("data");
  problem.source = read_source(value, name, owner.errors());
  const auto declared = problem.source == nullptr ? std::vector<option>{} : options_of(*problem.source);
  const block in(value, name, grammar::data, owner.errors(), names_of(declared));
  if (problem.source == nullptr) return;
  problem.data_with = read_options(in, declared);
  const yaml_value* const with = in["with"];
  for (const data_option& each : problem.source->options) {
    const bool required = each.default_value == setting(std::string());
    if (!required || (with != nullptr && with->find(each.name) != nullptr)) continue;
    in.errors().add(in.at(), fmt::format("{}: {} is missing ({})", in.path("with"), each.name, each.doc));
  }
}

/// Reads the files that the model's settings name, so that their content becomes part of what a trial is.
void read_files(const block& in, problem_draft& problem) {
  const yaml_value* const with = in["with"];
  for (const hyperparameter& each : problem.model->hyperparameters) {
    if (each.type != hyperparameter_type::file) continue;
    const std::string name = fmt::format("{}.{}", in.path("with"), each.name);
    const yaml_value* const written = with == nullptr ? nullptr : with->find(each.name);
    if (written == nullptr) {
      in.errors().add(in.at(), fmt::format("{}: {} is missing ({})", in.path("with"), each.name, each.doc));
      continue;
    }
    std::vector<setting> named;
    for (const search_axis& axis : problem.with.searched) {
      if (axis.name == each.name) named = axis.values;
    }
    const auto fixed = problem.with.fixed.find(each.name);
    if (fixed != problem.with.fixed.end()) named.push_back(fixed->second);
    for (const setting& value : named) {
      const auto& path = std::get<std::string>(value);
      try {
        if (path.empty()) throw plugin_error(fmt::format("found nothing, expected {}", each.range()));
        problem.file_digests[path] = read_named_file(path).sha256();
      } catch (const plugin_error& fault) {
        in.errors().add(written->at, fmt::format("{}: {}", name, fault.what()));
      }
    }
  }
}

/// Whether the model predicts what the targets are. Where that is searched, the trials tell.
void check_task(const block& in, const problem_draft& problem) {
  if (problem.source == nullptr || problem.kind != problem_kind::data) return;
  const yaml_value* const with = in["data"]->find("with");
  const bool written = with != nullptr && with->find("task") != nullptr;
  const auto task = problem.data_with.fixed.find("task");
  const bool is_fixed = task != problem.data_with.fixed.end();
  if (written && !is_fixed) return;  // searched, or wrong, which has been told
  const bool numbers = is_fixed && to_string(task->second) == "regression";
  if (numbers == predicts_numbers(*problem.model)) return;
  in.errors().add(in["data"]->at, fmt::format("{}: {}", in.path("data"),
                                              task_mismatch(*problem.model, problem.source->name)));
}

void read_landscape_or_data(const block& in, problem_draft& problem) {
  const yaml_value* const data = in["data"];
  const bool no_data = data == nullptr || data->type == yaml_value::kind::null;
  if (problem.model != nullptr) {
    const bool landscape = problem.model->can(RV_MODEL_LANDSCAPE);
    problem.kind = landscape ? problem_kind::landscape : problem_kind::data;
    if (landscape && !no_data) {
      in.errors().add(data->at, fmt::format("{}: {} is a landscape, which takes no data; leave it out",
                                            in.path("data"), problem.model->id));
    } else if (!landscape && no_data) {
      in.errors().add(
          in.at(), fmt::format("{}: {} needs data, such as data: {{use: {}}}", in.title(), problem.model->id,
                               data_sources().empty() ? "mnist" : data_sources().front().name));
    }
  }
  if (no_data) return;
  read_data(in, problem);
  check_task(in, problem);
}

/// What is known of the landscape before a trial runs; nothing of a model that there is not.
std::vector<landscape_facts> try_landscapes(const problem_draft& problem) {
  return problem.model == nullptr ? std::vector<landscape_facts>() : facts_of(problem);
}

void read_start(const block& in, problem_draft& problem) {
  const yaml_value* const value = in["start"];
  if (value == nullptr) return;
  const std::string name = in.path("start");
  if (problem.kind == problem_kind::data) {
    in.errors().add(value->at,
                    name + ": only a landscape has one; a model of data draws its start from the seed");
    return;
  }
  const auto* const items = in.list("start");
  if (items == nullptr) return;
  std::vector<double> start;
  for (const yaml_value& item : *items) {
    if (const auto x = read_real(item, name, in.allowed("start"), in.errors())) start.push_back(*x);
  }
  if (start.size() != items->size()) return;
  problem.start = std::move(start);
  if (problem.kind != problem_kind::landscape) return;
  for (const landscape_facts& each : try_landscapes(problem)) {
    if (!each.refusal.empty()) {
      in.errors().add(problem.at, fmt::format("{}: {}", in.title(), each.refusal));
    } else if (each.dimension != problem.start->size()) {
      in.errors().add(value->at, fmt::format("{}: found {} coordinates, expected {}", name,
                                             problem.start->size(), each.dimension));
    }
  }
}

/// Whether a key of landscapes is there and makes sense; an error if it does not.
bool has_landscape_key(const block& in, const problem_draft& problem, std::string_view key) {
  const yaml_value* const value = in[key];
  if (value == nullptr || problem.kind != problem_kind::data) return value != nullptr;
  in.errors().add(value->at, in.path(key) + ": only a landscape has it; leave it out");
  return false;
}

void read_instance(const block& problem_block, problem_draft& problem) {
  const yaml_value& value = *problem_block["instance"];
  const block in(value, problem_block.path("instance"), grammar::instance, problem_block.errors());
  if (!in.valid()) return;
  problem.instance = {.rotate = in.flag("rotate").value(), .shift = in.flag("shift").value()};
  if (!problem.instance.rotate) return;
  // Where the plugin refuses the hyperparameters, the trials say so.
  for (const landscape_facts& each : try_landscapes(problem)) {
    if (each.dimension <= instance_spec::largest_rotated) continue;
    in.errors().add(value.at, fmt::format("{}: found {} dimensions, expected at most {}", in.path("rotate"),
                                          each.dimension, instance_spec::largest_rotated));
  }
}

problem_draft read_problem(const yaml_value& value, std::size_t index, const registry& plugins,
                           diagnostics& errors) {
  problem_draft problem;
  problem.name = fmt::format("problems[{}]", index);
  problem.at = value.at;
  if (const yaml_value* use = value.find("use"); use != nullptr && use->is_scalar()) problem.use = use->text;
  problem.model = read_component(value, problem.name, component_kind::model, plugins, errors);
  const auto declared = problem.model == nullptr ? std::vector<option>{} : options_of(*problem.model);
  const block in(value, problem.name, grammar::problem, errors, names_of(declared));
  if (!in.valid()) return problem;
  if (problem.model != nullptr) {
    problem.with = read_options(in, declared);
    read_files(in, problem);
  }
  read_landscape_or_data(in, problem);
  problem.label = in.text("label").value_or("");
  problem.type = in.word("dtype", dtypes);
  read_start(in, problem);
  if (has_landscape_key(in, problem, "instance")) read_instance(in, problem);
  if (has_landscape_key(in, problem, "noise")) problem.gradient_noise = in.real("noise").value();
  problem.train = read_train(in);
  problem.evaluate = read_evaluate(in);
  return problem;
}

void give_labels(std::vector<problem_draft>& problems) {
  std::map<std::string, int> wanted;
  for (const problem_draft& each : problems) ++wanted[each.label.empty() ? each.use : each.label];
  for (problem_draft& each : problems) {
    if (!each.label.empty()) continue;
    each.label = each.use;
    if (wanted[each.label] > 1 && each.source != nullptr) each.label += ' ' + each.source->name;
  }
}

void check_labels(const std::vector<problem_draft>& problems, diagnostics& errors) {
  std::map<std::string, const problem_draft*> taken;
  for (const problem_draft& each : problems) {
    if (each.label.empty()) continue;
    const auto [first, is_new] = taken.emplace(each.label, &each);
    if (is_new) continue;
    errors.add(each.at,
               fmt::format("{}: {} has the label {} already; give this one another, such as label: {} {}",
                           each.name, first->second->name, each.label, each.label, taken.size() + 1));
  }
}

}  // namespace

std::vector<landscape_facts> facts_of(const problem_draft& problem) {
  return facts_of_landscape(*problem.model, problem.with, {problem.start, problem.instance});
}

std::vector<problem_draft> read_problems(const block& experiment, const registry& plugins) {
  std::vector<problem_draft> problems;
  const auto* const items = experiment.list("problems");
  if (items == nullptr) return problems;
  for (const yaml_value& item : *items)
    problems.push_back(read_problem(item, problems.size(), plugins, experiment.errors()));
  give_labels(problems);
  check_labels(problems, experiment.errors());
  return problems;
}

}  // namespace ravine
