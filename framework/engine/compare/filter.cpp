#include "compare/filter.hpp"

#include "core/nearest.hpp"
#include "core/scalar.hpp"
#include "core/settings.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using relation = filter::relation;
using properties = std::map<std::string, std::string>;

// Longer ones first, so that <= is not read as <.
constexpr std::array<std::pair<std::string_view, relation>, 6> signs{{{"!=", relation::unequal},
                                                                      {"<=", relation::at_most},
                                                                      {">=", relation::at_least},
                                                                      {"=", relation::equal},
                                                                      {"<", relation::less},
                                                                      {">", relation::greater}}};

std::string as_text(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Of an optimizer, of those that it works around and of groups: lr, inner.lr, inner.inner.lr, [norm].lr.
void add_hyperparameters(const nlohmann::json& rule, const std::string& prefix, properties& all) {
  if (!rule.is_object()) return;
  if (const auto with = rule.find("with"); with != rule.end() && with->is_object()) {
    for (const auto& [name, value] : with->items()) all[prefix + name] = as_text(value);
  }
  if (const auto inner = rule.find("inner"); inner != rule.end()) {
    add_hyperparameters(*inner, prefix + "inner.", all);
  }
  const auto groups = rule.find("groups");
  if (groups == rule.end() || !groups->is_array()) return;
  for (const nlohmann::json& each : *groups) {
    for (const char* key : {"tensors", "role"}) {
      if (!each.is_object() || !each.contains(key)) continue;
      add_hyperparameters(each, fmt::format("{}[{}].", prefix, as_text(each[key])), all);
    }
  }
}

properties properties_of(const stored_trial& trial) {
  properties all;
  const nlohmann::json spec = nlohmann::json::parse(trial.spec, nullptr, false);
  if (spec.is_object()) {
    if (spec.contains("optimizer")) add_hyperparameters(spec["optimizer"], "", all);
    if (spec.contains("seed")) all["seed"] = as_text(spec["seed"]);
    const auto batch_size = nlohmann::json::json_pointer("/train/batch_size");
    if (spec.contains(batch_size)) all["batch_size"] = as_text(spec[batch_size]);
  }
  for (const auto& [name, value] : trial.point) all[name] = to_string(value);
  all["experiment"] = trial.experiment;
  all["problem"] = trial.problem;
  all["optimizer"] = trial.optimizer;
  all["status"] = to_string(trial.result.status);
  all["repetition"] = fmt::format("{}", trial.repetition + 1);
  all["machine"] = trial.origin.machine;
  all["build"] = trial.origin.build;
  all["blas_kernel"] = trial.origin.blas_kernel;
  return all;
}

/// Numbers are compared as numbers: lr=1e-3 finds 0.001.
bool same(const std::string& a, const std::string& b) {
  const auto first = parse_real(a);
  const auto second = parse_real(b);
  return first && second ? *first == *second : a == b;
}

double number(const std::string& text, const filter& condition) {
  if (const auto value = parse_real(text)) return *value;
  throw filter_error(fmt::format("{} is compared as a number, but found {}", condition.name, text));
}

bool meets(const properties& trial, const filter& condition) {
  const auto found = trial.find(condition.name);
  if (found == trial.end()) return condition.how == relation::unequal;
  const std::string& value = found->second;
  const auto equals = [&](const std::string& each) { return same(value, each); };
  if (condition.how == relation::equal) return std::ranges::any_of(condition.values, equals);
  if (condition.how == relation::unequal) return std::ranges::none_of(condition.values, equals);
  const double found_number = number(value, condition);
  const double bound = number(condition.values[0], condition);
  switch (condition.how) {
    case relation::less:
      return found_number < bound;
    case relation::at_most:
      return found_number <= bound;
    case relation::greater:
      return found_number > bound;
    default:
      return found_number >= bound;
  }
}

void check_name(const std::string& name, const std::vector<properties>& all) {
  std::set<std::string> known;
  for (const properties& trial : all) {
    if (trial.contains(name)) return;
    for (const auto& [each, value] : trial) known.insert(each);
  }
  if (known.empty()) return;
  const std::vector<std::string> names(known.begin(), known.end());
  throw filter_error(fmt::format("no trial has {}{}", name, expected_name(name, names, "there are:")));
}

/// A name that no trial has is probably a slip; a number need not be.
void check_values(const filter& condition, const std::vector<properties>& all) {
  if (condition.how != relation::equal || parse_real(condition.values[0])) return;
  std::set<std::string> known;
  for (const properties& trial : all) {
    if (meets(trial, condition)) return;
    if (const auto found = trial.find(condition.name); found != trial.end()) known.insert(found->second);
  }
  const std::vector<std::string> values(known.begin(), known.end());
  throw filter_error(fmt::format("no trial has {}={}{}", condition.name, condition.values[0],
                                 expected_name(condition.values[0], values, "there are:")));
}

}  // namespace

filter parse_filter(std::string_view text) {
  const std::size_t end = text.find_first_of("!<>=");
  for (const auto& [sign, how] : signs) {
    if (end == std::string_view::npos || end == 0 || !text.substr(end).starts_with(sign)) continue;
    filter condition{std::string(text.substr(0, end)), how, {}};
    std::string_view rest = text.substr(end + sign.size());
    const bool one_value = how != relation::equal && how != relation::unequal;
    // A list such as hidden=[64, 32] is one value.
    while (!one_value && !rest.starts_with('[') && rest.find(',') != std::string_view::npos) {
      condition.values.emplace_back(rest.substr(0, rest.find(',')));
      rest.remove_prefix(rest.find(',') + 1);
    }
    condition.values.emplace_back(rest);
    if (one_value) number(condition.values[0], condition);
    return condition;
  }
  throw filter_error(fmt::format(
      "found {}, expected a condition such as problem=digits, optimizer!=sgd,adam or lr<=0.1", text));
}

std::vector<stored_trial> matching(std::vector<stored_trial> trials, std::span<const filter> filters) {
  if (filters.empty()) return trials;
  std::vector<properties> all;
  all.reserve(trials.size());
  for (const stored_trial& trial : trials) all.push_back(properties_of(trial));
  for (const filter& condition : filters) {
    check_name(condition.name, all);
    check_values(condition, all);
  }
  std::vector<stored_trial> kept;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto met = [&](const filter& condition) { return meets(all[i], condition); };
    if (std::ranges::all_of(filters, met)) kept.push_back(std::move(trials[i]));
  }
  return kept;
}

}  // namespace ravine
