#include "manifest/optimizer.hpp"

#include "manifest/block.hpp"
#include "manifest/schedules.hpp"
#include "manifest/use.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

std::vector<std::size_t> read_on(const yaml_value& value, const std::string& name,
                                 std::span<const problem_draft> problems, diagnostics& errors) {
  std::vector<std::size_t> on;
  const bool single = value.is_scalar();
  const auto* const items = single ? nullptr : read_list(value, name, errors);
  if (!single && items == nullptr) return on;
  for (const yaml_value& item : single ? std::span(&value, 1) : std::span<const yaml_value>(*items)) {
    const auto label = read_text(item, name, errors);
    if (!label) continue;
    const auto meant =
        std::find_if(problems.begin(), problems.end(), [&](const auto& p) { return p.label == *label; });
    const auto index = static_cast<std::size_t>(meant - problems.begin());
    if (meant == problems.end()) {
      std::vector<std::string> labels;
      for (const problem_draft& each : problems) labels.push_back(each.label);
      errors.add(item.at, fmt::format("{}: no problem has the label {}{}", name, found_text(item),
                                      did_you_mean(*label, labels)));
    } else if (std::find(on.begin(), on.end(), index) != on.end()) {
      errors.add(item.at, fmt::format("{}: {} is there twice", name, found_text(item)));
    } else {
      on.push_back(index);
    }
  }
  return on;
}

void check_epochs(const optimizer_draft& optimizer, const std::vector<place>& epochs,
                  std::span<const problem_draft> problems, diagnostics& errors) {
  const auto landscape = std::find_if(optimizer.on.begin(), optimizer.on.end(), [&](std::size_t i) {
    return problems[i].kind == problem_kind::landscape;
  });
  if (landscape == optimizer.on.end()) return;
  for (const place& at : epochs) {
    errors.add(
        at,
        fmt::format("{}.schedule: {} is a landscape, which has no epochs; give steps, or name other problems "
                    "under {}: on: […]",
                    optimizer.name, problems[*landscape].title(), optimizer.name));
  }
}

/// `search: default`: every hyperparameter that the plugin finds worth searching and `with` does not give.
void add_declared_ranges(const yaml_value& value, optimizer_draft& optimizer, diagnostics& errors) {
  const std::string name = optimizer.name + ".search";
  if (!value.is_scalar() || value.text != "default") {
    expected(value, name, "default; other ranges belong under with: {lr: {log_uniform: [1e-4, 1]}}", errors);
    return;
  }
  bool any = false;
  for (const hyperparameter& each : optimizer.which->hyperparameters) {
    const auto range = declared_range(each);
    if (!range) continue;
    any = true;
    const bool searched = std::ranges::any_of(
        optimizer.with.searched, [&](const search_axis& axis) { return axis.name == each.name; });
    if (!searched && !optimizer.with.fixed.contains(each.name)) {
      optimizer.with.searched.push_back({each.name, {}, range});
    }
  }
  if (!any) errors.add(value.at, fmt::format("{}: {} declares no search ranges", name, optimizer.which->id));
}

optimizer_draft read_optimizer(const yaml_value& value, std::size_t index,
                               std::span<const problem_draft> problems, const registry& plugins,
                               diagnostics& errors) {
  optimizer_draft optimizer;
  optimizer.name = fmt::format("optimizers[{}]", index);
  optimizer.at = value.at;
  optimizer.which = read_component(value, optimizer.name, component_kind::optimizer, plugins, errors);
  const auto declared = optimizer.which == nullptr ? std::vector<option>{} : options_of(*optimizer.which);
  const block in(value, optimizer.name, {"use", "with", "label", "on", "search", "schedule"}, errors,
                 names_of(declared));
  optimizer.on.resize(problems.size());
  std::iota(optimizer.on.begin(), optimizer.on.end(), std::size_t{0});
  if (!in.valid()) return optimizer;
  if (const yaml_value* on = in["on"]) optimizer.on = read_on(*on, optimizer.name + ".on", problems, errors);
  if (const yaml_value* label = in["label"]) {
    optimizer.label = read_text(*label, optimizer.name + ".label", errors).value_or("");
  } else if (optimizer.which != nullptr) {
    optimizer.label = optimizer.which->id;
  }
  if (optimizer.which == nullptr) return optimizer;
  optimizer.with = read_options(in["with"], optimizer.name + ".with", declared, search_use::allowed, errors);
  if (const yaml_value* search = in["search"]) add_declared_ranges(*search, optimizer, errors);
  if (const yaml_value* schedule = in["schedule"]) {
    schedule_block read =
        read_schedules(*schedule, optimizer.name + ".schedule", *optimizer.which, plugins, errors);
    optimizer.schedules = std::move(read.stages);
    check_epochs(optimizer, read.epochs, problems, errors);
  }
  return optimizer;
}

/// Reports each label that two optimizers have on one problem.
void check_labels(const std::vector<optimizer_draft>& optimizers, std::span<const problem_draft> problems,
                  diagnostics& errors) {
  std::map<std::pair<std::string, std::size_t>, const optimizer_draft*> taken;
  for (const optimizer_draft& each : optimizers) {
    if (each.label.empty()) continue;
    for (const std::size_t problem : each.on) {
      const auto [first, is_new] = taken.emplace(std::pair(each.label, problem), &each);
      if (is_new) continue;
      errors.add(each.at,
                 fmt::format("{}: {} has the label {} on {} already; give this one another, such as label: "
                             "{} {}",
                             each.name, first->second->name, each.label, problems[problem].title(),
                             each.label, optimizers.size()));
      break;
    }
  }
}

void check_problems_used(const std::vector<optimizer_draft>& optimizers,
                         std::span<const problem_draft> problems, diagnostics& errors) {
  std::set<std::size_t> used;
  for (const optimizer_draft& each : optimizers) used.insert(each.on.begin(), each.on.end());
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (used.count(i) == 0) errors.add(problems[i].at, problems[i].title() + ": no optimizer runs on it");
  }
}

}  // namespace

std::vector<optimizer_draft> read_optimizers(const yaml_value& value, std::span<const problem_draft> problems,
                                             const registry& plugins, diagnostics& errors) {
  std::vector<optimizer_draft> optimizers;
  const auto* const items = read_entries(value, "optimizers", errors);
  if (items == nullptr) return optimizers;
  for (const yaml_value& item : *items) {
    optimizers.push_back(read_optimizer(item, optimizers.size(), problems, plugins, errors));
  }
  check_labels(optimizers, problems, errors);
  const bool all_read =
      std::none_of(optimizers.begin(), optimizers.end(), [](const auto& o) { return o.on.empty(); });
  if (all_read) check_problems_used(optimizers, problems, errors);
  return optimizers;
}

}  // namespace ravine
