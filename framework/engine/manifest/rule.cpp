#include "manifest/rule.hpp"

#include "manifest/schedules.hpp"
#include "manifest/use.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr int most_nested = 8;  // wrappers around wrappers

/// `search: default`: every hyperparameter that the plugin finds worth searching and `with` does not give.
void add_declared_ranges(const block& in, rule_draft& optimizer) {
  if (in["search"] == nullptr || !in.word("search")) return;
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
  if (!any) {
    in.errors().add(in["search"]->at,
                    fmt::format("{}: {} declares no search ranges", in.path("search"), optimizer.which->id));
  }
}

/// What `use`, `with`, `search` and `schedule` say. `epochs` collects where the schedules speak of epochs.
void read_settings(const block& in, const std::vector<option>& declared, const registry& plugins,
                   rule_draft& rule, std::vector<place>& epochs) {
  rule.with = read_options(in, declared);
  add_declared_ranges(in, rule);
  const yaml_value* const schedule = in["schedule"];
  if (schedule == nullptr) return;
  schedule_block read = read_schedules(*schedule, in.path("schedule"), *rule.which, plugins, in.errors());
  rule.schedules = std::move(read.stages);
  epochs.insert(epochs.end(), read.epochs.begin(), read.epochs.end());
}

/// What the settings of rules are read with.
struct rule_reading {
  const registry& plugins;
  std::vector<place>& epochs;  ///< collects where schedules speak of epochs
  bool in_group = false;
};

void read_parts(const block& in, const rule_reading& with, rule_draft& rule, int depth);

void read_inner(const block& in, const rule_reading& with, rule_draft& around, int depth) {
  const yaml_value* const value = in["inner"];
  const bool wraps = around.which->can(RV_OPTIMIZER_WRAPS);
  if (value == nullptr && !wraps) return;
  if (value == nullptr) {
    in.errors().add(around.at, fmt::format("{}: inner is missing: {} works around another optimizer; add "
                                           "inner: {{use: adam}}, for example",
                                           around.name, around.which->id));
    return;
  }
  if (!wraps && !around.which->can(RV_OPTIMIZER_MAY_WRAP)) {
    in.errors().add(value->at,
                    fmt::format("{}: {} is not a wrapper: it does not work around another optimizer",
                                in.path("inner"), around.which->id));
    return;
  }
  if (depth > most_nested) {
    in.errors().add(value->at,
                    fmt::format("{}: wrappers are nested deeper than {}", in.path("inner"), most_nested));
    return;
  }
  rule_draft& rule = around.inner.emplace_back();
  rule.name = in.path("inner");
  rule.at = value->at;
  rule.which = read_component(*value, rule.name, component_kind::optimizer, with.plugins, in.errors());
  const auto declared = rule.which == nullptr ? std::vector<option>{} : options_of(*rule.which);
  const block inside(*value, rule.name, grammar::inner_optimizer, in.errors(), names_of(declared));
  if (rule.which == nullptr) return;
  read_settings(inside, declared, with.plugins, rule, with.epochs);
  read_parts(inside, with, rule, depth + 1);
}

/// Which tensors a group is for; empty, with an error, unless one of the two keys says so.
tensor_selector read_selector(const block& in) {
  const bool by_name = in["tensors"] != nullptr;
  if (by_name == (in["role"] != nullptr)) {
    in.errors().add(in.at(),
                    fmt::format("{}: expected tensors, a pattern such as \"*.bias\", or role, such as "
                                "norm: one of the two",
                                in.title()));
    return {};
  }
  return by_name ? tensor_selector{in.text("tensors").value_or(""), ""}
                 : tensor_selector{"", std::string(in.word("role").value_or(""))};
}

/// A group keeps the optimizer of the rest, with what is set otherwise, unless it names one.
rule_draft read_group(const yaml_value& value, const rule_draft& rest, const rule_reading& with,
                      diagnostics& errors) {
  rule_draft group;
  group.name = fmt::format("{}.groups[{}]", rest.name, rest.groups.size());
  group.at = value.at;
  group.keeps_optimizer = value.find("use") == nullptr;
  group.which = group.keeps_optimizer
                    ? rest.which
                    : read_component(value, group.name, component_kind::optimizer, with.plugins, errors);
  const auto declared = group.which == nullptr ? std::vector<option>{} : options_of(*group.which);
  const block in(value, group.name, grammar::group, errors, names_of(declared));
  if (!in.valid()) return group;
  group.selects = read_selector(in);
  if (group.which == nullptr) return group;
  read_settings(in, declared, with.plugins, group, with.epochs);
  if (!group.keeps_optimizer) {
    read_inner(in, {with.plugins, with.epochs, true}, group, 1);
  } else if (in["inner"] != nullptr) {
    errors.add(in["inner"]->at,
               fmt::format("{}: a group that keeps its optimizer keeps what that works around, "
                           "too; add use: {}",
                           in.path("inner"), group.which->id));
  }
  return group;
}

/// The optimizer of a rule or of a group that evaluates the loss itself; null if there is none.
const rule_draft* with_closure(const rule_draft& rule) {
  rule_draft alone = rule;
  alone.groups.clear();
  if (is_known(alone) && may_evaluate_more(alone)) return &rule;
  const auto group = std::ranges::find_if(rule.groups, [](const rule_draft& each) {
    return !each.keeps_optimizer && is_known(each) && may_evaluate_more(each);
  });
  return group == rule.groups.end() ? nullptr : &*group;
}

void read_groups(const block& in, const rule_reading& with, rule_draft& rule) {
  const auto* const items = in.list("groups");
  if (items == nullptr) return;
  if (with.in_group) {
    in.errors().add(in["groups"]->at, in.path("groups") + ": a group has no groups of its own");
    return;
  }
  std::set<std::string> selected;
  for (const yaml_value& item : *items) {
    rule_draft& group = rule.groups.emplace_back(read_group(item, rule, with, in.errors()));
    const std::string what = to_string(group.selects);
    if (what == "[]" || selected.insert(what).second) continue;
    in.errors().add(item.at, fmt::format("{}: {} is there twice", group.name, what));
  }
  if (const rule_draft* const closure = with_closure(rule)) {
    in.errors().add(
        closure->at,
        fmt::format("{}: {} evaluates the loss itself, which an optimizer that has only some of the "
                    "tensors can't; a wrapper takes its groups under inner",
                    closure->name, closure->which->id));
  }
}

void read_parts(const block& in, const rule_reading& with, rule_draft& rule, int depth) {
  read_inner(in, with, rule, depth);
  read_groups(in, with, rule);
}

}  // namespace

void read_rule(const block& in, const registry& plugins, rule_draft& rule, std::vector<place>& epochs) {
  read_settings(in, options_of(*rule.which), plugins, rule, epochs);
  read_parts(in, {plugins, epochs}, rule, 1);
}

bool is_known(const rule_draft& rule) {
  return rule.which != nullptr && std::ranges::all_of(rule.inner, is_known) &&
         std::ranges::all_of(rule.groups, is_known);
}

bool may_evaluate_more(const rule_draft& rule) {
  return rule.which->can(RV_OPTIMIZER_CLOSURE) || std::ranges::any_of(rule.inner, may_evaluate_more) ||
         std::ranges::any_of(rule.groups, may_evaluate_more);
}

bool has_learning_rate(const rule_draft& rule) {
  const auto one_has = [](const rule_draft& each) { return has_learning_rate(each); };
  return (rule.which != nullptr && has_learning_rate(*rule.which)) ||
         std::ranges::any_of(rule.inner, one_has) || std::ranges::any_of(rule.groups, one_has);
}

}  // namespace ravine
