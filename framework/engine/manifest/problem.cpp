#include "manifest/problem.hpp"

#include "core/scalar.hpp"
#include "manifest/block.hpp"
#include "manifest/use.hpp"
#include "plugin/instance.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace ravine {
namespace {

/// A search over more points than this is not tried out beforehand.
constexpr std::uint64_t most_tried = 100;

void read_data(const yaml_value& value, problem_draft& problem, diagnostics& errors) {
  const std::string name = problem.name + ".data";
  problem.source = read_source(value, name, errors);
  const auto declared = problem.source == nullptr ? std::vector<option>{} : options_of(*problem.source);
  const block in(value, name, {"use", "with"}, errors, names_of(declared));
  if (problem.source == nullptr) return;
  problem.data_with = read_options(in["with"], name + ".with", declared, search_use::allowed, errors);
  const yaml_value* const with = in["with"];
  for (const data_option& each : problem.source->options) {
    const bool required = each.default_value == setting(std::string());
    if (!required || (with != nullptr && with->find(each.name) != nullptr)) continue;
    errors.add(value.at, fmt::format("{}.with: {} is missing ({})", name, each.name, each.doc));
  }
}

void read_landscape_or_data(const block& in, problem_draft& problem, diagnostics& errors) {
  const yaml_value* const data = in["data"];
  const bool no_data = data == nullptr || data->type == yaml_value::kind::null;
  if (problem.model != nullptr) {
    const bool landscape = problem.model->can(RV_MODEL_LANDSCAPE);
    problem.kind = landscape ? problem_kind::landscape : problem_kind::data;
    if (landscape && !no_data) {
      errors.add(data->at, fmt::format("{}.data: {} is a landscape, which takes no data; leave it out",
                                       problem.name, problem.model->id));
    } else if (!landscape && no_data) {
      errors.add(in.at(),
                 fmt::format("{}: {} needs data, such as data: {{use: {}}}", problem.name, problem.model->id,
                             data_sources().empty() ? "mnist" : data_sources().front().name));
    }
  }
  if (!no_data) read_data(*data, problem, errors);
}

/// Makes the landscape at every searched point, to compare its dimension.
void check_dimension(const problem_draft& problem, const yaml_value& start, diagnostics& errors) {
  const std::uint64_t points = point_count(problem.with.searched);
  if (points > most_tried) return;
  for (std::uint64_t i = 0; i < points; ++i) {
    settings with = point_at(problem.with.searched, i);
    with.insert(problem.with.fixed.begin(), problem.with.fixed.end());
    try {
      const model landscape(*problem.model, nullptr, with, RV_F64);
      if (landscape.layout().size() == problem.start->size()) continue;
      errors.add(start.at, fmt::format("{}.start: found {} coordinates, expected {}", problem.name,
                                       problem.start->size(), landscape.layout().size()));
    } catch (const plugin_error& refused) {
      errors.add(problem.at, fmt::format("{}: {}", problem.name, refused.what()));
    }
  }
}

void read_start(const yaml_value& value, problem_draft& problem, diagnostics& errors) {
  const std::string name = problem.name + ".start";
  if (problem.kind == problem_kind::data) {
    errors.add(value.at, name + ": only a landscape has one; a model of data draws its start from the seed");
    return;
  }
  const auto* const items = read_list(value, name, errors);
  if (items == nullptr) return;
  std::vector<double> start;
  for (const yaml_value& item : *items) {
    if (const auto x = read_real(item, name, real_range::any, errors)) start.push_back(*x);
  }
  if (start.size() != items->size()) return;
  problem.start = std::move(start);
  if (problem.kind == problem_kind::landscape) check_dimension(problem, value, errors);
}

/// Whether a key of landscapes makes sense here; an error if not.
bool landscape_only(const yaml_value& value, const problem_draft& problem, const char* key,
                    diagnostics& errors) {
  if (problem.kind != problem_kind::data) return true;
  errors.add(value.at, fmt::format("{}.{}: only a landscape has it; leave it out", problem.name, key));
  return false;
}

instance_spec read_instance(const yaml_value& value, const std::string& name, diagnostics& errors) {
  instance_spec instance;
  const block in(value, name, {"rotate", "shift"}, errors);
  if (!in.valid()) return instance;
  if (const yaml_value* rotate = in["rotate"]) {
    instance.rotate = read_flag(*rotate, name + ".rotate", errors).value_or(false);
  }
  if (const yaml_value* shift = in["shift"]) {
    instance.shift = read_flag(*shift, name + ".shift", errors).value_or(false);
  }
  return instance;
}

/// A standard deviation: 0 is none.
double read_noise(const yaml_value& value, const std::string& name, diagnostics& errors) {
  const auto number = value.type == yaml_value::kind::plain ? parse_real(value.text) : std::nullopt;
  if (number && *number >= 0) return *number;
  expected(value, name, "a standard deviation, at least 0", errors);
  return 0;
}

/// Draws the instance of the first repetition at every searched point, to learn whether it can be drawn.
void check_instance(const problem_draft& problem, const yaml_value& value, diagnostics& errors) {
  const std::uint64_t points = point_count(problem.with.searched);
  if (!problem.instance.rotate || problem.model == nullptr || points > most_tried) return;
  for (std::uint64_t i = 0; i < points; ++i) {
    settings with = point_at(problem.with.searched, i);
    with.insert(problem.with.fixed.begin(), problem.with.fixed.end());
    try {
      const model landscape(*problem.model, nullptr, with, RV_F64);
      const std::size_t n = landscape.layout().size();
      if (n <= instance_spec::largest_rotated) continue;
      errors.add(value.at, fmt::format("{}.instance.rotate: found {} dimensions, expected at most {}",
                                       problem.name, n, instance_spec::largest_rotated));
    } catch (const plugin_error&) {
      return;  // the plugin refuses these hyperparameters: its trials say so
    }
  }
}

std::optional<dtype> read_dtype(const yaml_value& value, const std::string& name, diagnostics& errors) {
  for (const dtype type : {dtype::f32, dtype::f64}) {
    if (value.is_scalar() && value.text == to_string(type)) return type;
  }
  expected(value, name, "f32 or f64", errors);
  return std::nullopt;
}

problem_draft read_problem(const yaml_value& value, std::size_t index, const registry& plugins,
                           diagnostics& errors) {
  problem_draft problem;
  problem.name = fmt::format("problems[{}]", index);
  problem.at = value.at;
  if (const yaml_value* use = value.find("use"); use != nullptr && use->is_scalar()) problem.use = use->text;
  problem.model = read_component(value, problem.name, component_kind::model, plugins, errors);
  const auto declared = problem.model == nullptr ? std::vector<option>{} : options_of(*problem.model);
  const block in(value, problem.name,
                 {"use", "with", "label", "data", "dtype", "start", "instance", "noise", "train", "evaluate"},
                 errors, names_of(declared));
  if (!in.valid()) return problem;
  if (problem.model != nullptr) {
    problem.with = read_options(in["with"], problem.name + ".with", declared, search_use::allowed, errors);
  }
  read_landscape_or_data(in, problem, errors);
  if (const yaml_value* label = in["label"]) {
    problem.label = read_text(*label, problem.name + ".label", errors).value_or("");
  }
  if (const yaml_value* type = in["dtype"]) problem.type = read_dtype(*type, problem.name + ".dtype", errors);
  if (const yaml_value* start = in["start"]) read_start(*start, problem, errors);
  if (const yaml_value* instance = in["instance"];
      instance != nullptr && landscape_only(*instance, problem, "instance", errors)) {
    problem.instance = read_instance(*instance, problem.name + ".instance", errors);
    check_instance(problem, *instance, errors);
  }
  if (const yaml_value* noise = in["noise"];
      noise != nullptr && landscape_only(*noise, problem, "noise", errors)) {
    problem.gradient_noise = read_noise(*noise, problem.name + ".noise", errors);
  }
  problem.train = read_train(in["train"], problem.name + ".train", errors);
  problem.evaluate = read_evaluate(in["evaluate"], problem.name + ".evaluate", errors);
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

std::vector<problem_draft> read_problems(const yaml_value& value, const registry& plugins,
                                         diagnostics& errors) {
  std::vector<problem_draft> problems;
  const auto* const items = read_entries(value, "problems", errors);
  if (items == nullptr) return problems;
  for (const yaml_value& item : *items)
    problems.push_back(read_problem(item, problems.size(), plugins, errors));
  give_labels(problems);
  check_labels(problems, errors);
  return problems;
}

}  // namespace ravine
