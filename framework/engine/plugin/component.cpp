#include "plugin/component.hpp"

#include "core/nearest.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

std::string bounds(const hyperparameter& p) {
  std::string words;
  if (std::isfinite(p.minimum)) words += fmt::format(" {} {}", p.open_below ? ">" : ">=", p.minimum);
  if (std::isfinite(p.maximum)) {
    words += fmt::format("{} {} {}", words.empty() ? "" : " and", p.open_above ? "<" : "<=", p.maximum);
  }
  return words;
}

bool in_range(const hyperparameter& p, double value) {
  return !std::isnan(value) && (p.open_below ? value > p.minimum : value >= p.minimum) &&
         (p.open_above ? value < p.maximum : value <= p.maximum);
}

plugin_error wrong(const hyperparameter& p, const setting& found) {
  return plugin_error(fmt::format("{}: found {}, expected {}", p.name, to_string(found), p.range()));
}

/// Integers beyond 2^53 are not exact as the double that crosses to the plugin.
constexpr std::int64_t largest_integer = std::int64_t{1} << 53;

bool integer_in_range(const hyperparameter& p, std::int64_t value) {
  return value >= -largest_integer && value <= largest_integer && in_range(p, static_cast<double>(value));
}

}  // namespace

std::string_view to_string(component_kind kind) {
  switch (kind) {
    case component_kind::optimizer:
      return "optimizer";
    case component_kind::scheduler:
      return "scheduler";
    case component_kind::model:
      return "model";
  }
  return "component";
}

std::string_view word_for(const component& which) {
  const bool is_landscape = which.kind == component_kind::model && which.can(RV_MODEL_LANDSCAPE);
  return is_landscape ? "landscape" : to_string(which.kind);
}

std::string hyperparameter::range() const {
  switch (type) {
    case hyperparameter_type::real:
      return "a real number" + bounds(*this);
    case hyperparameter_type::integer:
      return "an integer" + bounds(*this);
    case hyperparameter_type::boolean:
      return "true or false";
    case hyperparameter_type::choice:
      return fmt::format("one of {}", fmt::join(choices, ", "));
    case hyperparameter_type::integer_list: {
      const std::string each = bounds(*this);
      return each.empty() ? "a list of integers" : "a list of integers, each" + each;
    }
    case hyperparameter_type::file:
      return "the path of a file";
  }
  return "a value";
}

setting hyperparameter::check(const setting& value) const {
  const auto* const whole = std::get_if<std::int64_t>(&value);
  switch (type) {
    case hyperparameter_type::real: {
      const auto* const fraction = std::get_if<double>(&value);
      if (fraction == nullptr && whole == nullptr) throw wrong(*this, value);
      const double number = fraction != nullptr ? *fraction : static_cast<double>(*whole);
      if (!std::isfinite(number) || !in_range(*this, number)) throw wrong(*this, value);
      return number;
    }
    case hyperparameter_type::integer:
      if (whole == nullptr || !integer_in_range(*this, *whole)) throw wrong(*this, value);
      return value;
    case hyperparameter_type::boolean:
      if (!std::holds_alternative<bool>(value)) throw wrong(*this, value);
      return value;
    case hyperparameter_type::choice: {
      const auto* const chosen = std::get_if<std::string>(&value);
      if (chosen == nullptr || std::ranges::find(choices, *chosen) == choices.end())
        throw wrong(*this, value);
      return value;
    }
    case hyperparameter_type::integer_list: {
      const auto* const list = std::get_if<std::vector<std::int64_t>>(&value);
      if (list == nullptr ||
          !std::ranges::all_of(*list, [&](auto each) { return integer_in_range(*this, each); })) {
        throw wrong(*this, value);
      }
      return value;
    }
    case hyperparameter_type::file:
      if (!std::holds_alternative<std::string>(value)) throw wrong(*this, value);
      return value;
  }
  throw wrong(*this, value);
}

const hyperparameter* component::find_hyperparameter(std::string_view name) const {
  const auto found = std::ranges::find(hyperparameters, name, &hyperparameter::name);
  return found == hyperparameters.end() ? nullptr : &*found;
}

settings component::complete(const settings& with) const {
  settings all;
  for (const hyperparameter& each : hyperparameters) all[each.name] = each.default_value;
  for (const auto& [name, value] : with) {
    const hyperparameter* const declared = find_hyperparameter(name);
    if (declared == nullptr) {
      std::vector<std::string> names;
      for (const hyperparameter& each : hyperparameters) names.push_back(each.name);
      throw plugin_error(fmt::format("{} has no hyperparameter {}{}", id, name,
                                     names.empty() ? "; it has none" : expected_name(name, names, "it has")));
    }
    all[name] = declared->check(value);
  }
  return all;
}

bool has_learning_rate(const component& optimizer) {
  const hyperparameter* const lr = optimizer.find_hyperparameter("lr");
  return lr != nullptr && lr->type == hyperparameter_type::real;
}

}  // namespace ravine
