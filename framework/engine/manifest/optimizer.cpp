#include "manifest/optimizer.hpp"

#include "core/nearest.hpp"
#include "manifest/block.hpp"
#include "manifest/options.hpp"
#include "manifest/use.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

/// The index of the problem with that label; empty, with an error, if there is none.
std::optional<std::size_t> find_problem(const yaml_value& label, const std::string& name,
                                        std::span<const problem_draft> problems, diagnostics& errors) {
  const auto text = read_text(label, name, errors);
  if (!text) return std::nullopt;
  const auto meant = std::ranges::find(problems, *text, &problem_draft::label);
  if (meant != problems.end()) return static_cast<std::size_t>(meant - problems.begin());
  std::vector<std::string> labels;
  for (const problem_draft& each : problems) labels.push_back(each.label);
  errors.add(label.at, fmt::format("{}: no problem has the label {}{}", name, found_text(label),
                                   expected_name(*text, labels)));
  return std::nullopt;
}

/// The problems under `on`; all of them if it is not there.
std::vector<std::size_t> read_on(const block& in, std::span<const problem_draft> problems) {
  std::vector<std::size_t> on;
  const yaml_value* const value = in["on"];
  if (value == nullptr) {
    on.resize(problems.size());
    std::iota(on.begin(), on.end(), std::size_t{0});
    return on;
  }
  const auto* const items = value->is_scalar() ? nullptr : in.list("on");
  if (items == nullptr && !value->is_scalar()) return on;
  for (const yaml_value& item : items == nullptr ? std::span(value, 1) : std::span(*items)) {
    const auto index = find_problem(item, in.path("on"), problems, in.errors());
    if (!index) continue;
    if (std::ranges::find(on, *index) != on.end()) {
      in.errors().add(item.at, fmt::format("{}: {} is there twice", in.path("on"), found_text(item)));
    } else {
      on.push_back(*index);
    }
  }
  return on;
}

/// "lookahead(adam)".
std::string name_of(const rule_draft& rule) {
  if (rule.which == nullptr || rule.inner.empty()) return rule.which == nullptr ? "" : rule.which->id;
  return fmt::format("{}({})", rule.which->id, name_of(rule.inner.front()));
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

optimizer_draft read_optimizer(const yaml_value& value, std::size_t index,
                               std::span<const problem_draft> problems, const registry& plugins,
                               diagnostics& errors) {
  optimizer_draft optimizer;
  optimizer.name = fmt::format("optimizers[{}]", index);
  optimizer.at = value.at;
  optimizer.which = read_component(value, optimizer.name, component_kind::optimizer, plugins, errors);
  const auto declared = optimizer.which == nullptr ? std::vector<option>{} : options_of(*optimizer.which);
  const block in(value, optimizer.name, grammar::optimizer, errors, names_of(declared));
  optimizer.on = read_on(in, problems);
  if (in["label"] != nullptr) {
    optimizer.label = in.text("label").value_or("");
  } else if (optimizer.which != nullptr) {
    optimizer.label = optimizer.which->id;
  }
  if (optimizer.which == nullptr) return optimizer;
  std::vector<place> epochs;
  read_rule(in, plugins, optimizer, epochs);
  if (in["label"] == nullptr) optimizer.label = name_of(optimizer);
  check_epochs(optimizer, epochs, problems, errors);
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

std::vector<optimizer_draft> read_optimizers(const block& experiment, std::span<const problem_draft> problems,
                                             const registry& plugins) {
  std::vector<optimizer_draft> optimizers;
  const auto* const items = experiment.list("optimizers");
  if (items == nullptr) return optimizers;
  for (const yaml_value& item : *items) {
    optimizers.push_back(read_optimizer(item, optimizers.size(), problems, plugins, experiment.errors()));
  }
  check_labels(optimizers, problems, experiment.errors());
  const bool all_read = std::ranges::none_of(optimizers, [](const auto& o) { return o.on.empty(); });
  if (all_read) check_problems_used(optimizers, problems, experiment.errors());
  return optimizers;
}

}  // namespace ravine
