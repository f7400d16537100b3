#include "manifest/target_block.hpp"

#include "manifest/names.hpp"
#include "trial/trial_result.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

/// Values at equal ratios from the easiest to the hardest.
std::vector<double> read_target_range(const yaml_value& value, const std::string& name, diagnostics& errors) {
  const block in(value, name, grammar::range, errors);
  const auto from = in.real("from"), to = in.real("to");
  const auto count = in.count("count");
  if (!from || !to || !count) return {};
  if (*to >= *from) {
    errors.add(in["to"]->at, fmt::format("{}: found {}, expected a number below from, which is {}",
                                         in.path("to"), *to, *from));
    return {};
  }
  std::vector<double> values(*count);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(values.size() - 1);
    values[i] = std::pow(10.0, std::lerp(std::log10(*from), std::log10(*to), share));
  }
  values.front() = *from;
  values.back() = *to;
  return values;
}

/// The values of one metric, in the order in which they were written; none if one of them is wrong.
std::vector<double> read_values(const yaml_value& value, const std::string& name,
                                const value_grammar& allowed, diagnostics& errors) {
  if (value.type == yaml_value::kind::block && allowed.range != nullptr) {
    return read_target_range(value, name, errors);
  }
  std::vector<const yaml_value*> written{&value};
  if (value.type == yaml_value::kind::list) {
    written.clear();
    const auto* const items = read_list(value, name, allowed, errors);
    if (items == nullptr) return {};
    for (const yaml_value& item : *items) written.push_back(&item);
  }
  std::vector<double> values;
  for (const yaml_value* each : written) {
    const auto number = read_real(*each, name, allowed, errors);
    if (!number) return {};
    if (std::ranges::find(values, *number) != values.end()) {
      errors.add(each->at, fmt::format("{}: {} is there twice", name, found_text(*each)));
      return {};
    }
    values.push_back(*number);
  }
  return values;
}

/// The hardest value is the target, whatever order they were written in.
target_spec target_of(std::string_view metric, std::vector<double> values) {
  std::ranges::sort(values, [&](double a, double b) { return higher_is_better(metric) ? a < b : a > b; });
  target_spec target{std::string(metric), values.back()};
  values.pop_back();
  target.easier = std::move(values);
  return target;
}

}  // namespace

std::optional<std::vector<located<target_spec>>> read_targets(const block& evaluate) {
  const yaml_value* const value = evaluate["target"];
  if (value == nullptr) return std::nullopt;
  const block in(*value, evaluate.path("target"), grammar::target, evaluate.errors());
  std::vector<located<target_spec>> targets;
  for (const metric_grammar& metric : metrics) {
    const yaml_value* const written = in[metric.name];
    if (written == nullptr) continue;
    std::vector<double> values =
        read_values(*written, in.path(metric.name), in.allowed(metric.name), in.errors());
    if (!values.empty()) targets.push_back({target_of(metric.name, std::move(values)), written->at});
  }
  std::ranges::sort(targets, {}, &located<target_spec>::at);  // the first that fits a problem is its target
  return targets;
}

}  // namespace ravine
