#include "experiment/search.hpp"

#include "experiment/block.hpp"
#include "experiment/scalar.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

using distribution = search_range::distribution;

constexpr std::array<std::pair<std::string_view, distribution>, 3> intervals{
    {{"uniform", distribution::uniform},
     {"log_uniform", distribution::log_uniform},
     {"int_uniform", distribution::int_uniform}}};

/// One end of an interval.
std::optional<double> read_end(const yaml_value& value, distribution drawn, const std::string& name,
                               mistakes& found) {
  if (drawn == distribution::log_uniform) return read_real(value, name, real_range::positive, found);
  if (drawn != distribution::int_uniform) return read_real(value, name, real_range::any, found);
  const auto whole = whole_number(value);
  if (!whole) expected(value, name, "a whole number", found);
  return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

/// To the fourth significant digit of something of that size.
double rounded(double value, double size) {
  if (size == 0) return value;
  const int decimals = 3 - static_cast<int>(std::floor(std::log10(size)));
  if (decimals >= 0) return parse_real(fmt::format("{:.{}f}", value, decimals)).value_or(value);
  const double unit = std::pow(10.0, -decimals);
  return std::round(value / unit) * unit;
}

}  // namespace

setting search_range::at(double share) const {
  switch (drawn) {
    case distribution::uniform: {
      const double value = std::lerp(low, high, share);  // of a narrow interval still a thousand
      return std::clamp(rounded(value, std::min(std::abs(value), high - low)), low, high);
    }
    case distribution::log_uniform: {
      const double value = std::exp(std::lerp(std::log(low), std::log(high), share));
      return std::clamp(rounded(value, value), low, high);
    }
    case distribution::log_one_minus_uniform: {
      const double rest = std::exp(std::lerp(std::log1p(-low), std::log1p(-high), share));
      return std::clamp(rounded(1 - rest, rest), low, high);
    }
    case distribution::int_uniform:
      break;
  }
  return static_cast<std::int64_t>(std::min(high, low + std::floor(share * (high - low + 1))));
}

setting search_axis::at(double share) const {
  if (range) return range->at(share);
  const auto index = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(index, values.size() - 1)];
}

std::optional<search_range> declared_range(const param& hyperparameter) {
  const auto make = [&](distribution drawn) {
    return search_range{drawn, hyperparameter.search_low, hyperparameter.search_high};
  };
  const bool whole = hyperparameter.type == param_type::integer;
  switch (hyperparameter.scale) {
    case search_scale::none:
      return std::nullopt;
    case search_scale::linear:
      return make(whole ? distribution::int_uniform : distribution::uniform);
    case search_scale::log:
      return make(whole ? distribution::int_uniform : distribution::log_uniform);
    case search_scale::log_one_minus:
      return make(distribution::log_one_minus_uniform);
  }
  return std::nullopt;
}

std::uint64_t point_count(std::span<const search_axis> axes) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t count = 1;
  for (const search_axis& axis : axes) {
    if (axis.values.empty()) return 0;
    if (count > most / axis.values.size()) return most;
    count *= axis.values.size();
  }
  return count;
}

settings point_at(std::span<const search_axis> axes, std::uint64_t index) {
  settings point;
  for (std::size_t i = axes.size(); i-- > 0;) {
    const std::size_t count = axes[i].values.size();
    point[axes[i].name] = axes[i].values[index % count];
    index /= count;
  }
  return point;
}

settings point_at(std::span<const search_axis> axes, std::span<const double> shares) {
  settings point;
  for (std::size_t i = 0; i < axes.size(); ++i) point[axes[i].name] = axes[i].at(shares[i]);
  return point;
}

bool is_range(const yaml_value& value) {
  return value.type == yaml_value::kind::block &&
         std::ranges::any_of(intervals, [&](const auto& each) { return value.find(each.first) != nullptr; });
}

std::optional<search_range> read_range(const yaml_value& expression, std::string_view name, mistakes& found) {
  const auto kind = std::ranges::find_if(
      intervals, [&](const auto& each) { return expression.find(each.first) != nullptr; });
  const block in(expression, std::string(name), {std::string(kind->first)}, found);
  const yaml_value& ends = *in[kind->first];
  const std::string whole = fmt::format("{}.{}", name, kind->first);
  if (ends.type != yaml_value::kind::list || ends.items.size() != 2) {
    expected(ends, whole, "the two ends: [low, high]", found);
    return std::nullopt;
  }
  const auto low = read_end(ends.items[0], kind->second, whole, found);
  const auto high = read_end(ends.items[1], kind->second, whole, found);
  if (!low || !high) return std::nullopt;
  if (*low >= *high) {
    found.add(ends.at, fmt::format("{}: {} is not below {}", whole, *low, *high));
    return std::nullopt;
  }
  return search_range{kind->second, *low, *high};
}

std::vector<const yaml_value*> alternatives(const yaml_value& value, std::string_view name, mistakes& found) {
  if (value.type != yaml_value::kind::block) return {&value};
  const block expression(value, std::string(name),
                         {"grid", "choice", "uniform", "log_uniform", "int_uniform"}, found);
  const yaml_value* const grid = expression["grid"];
  const yaml_value* const choice = expression["choice"];
  if ((grid == nullptr) == (choice == nullptr)) {
    expected(value, name, "a value, {grid: […]} or {choice: […]}", found);
    return {};
  }
  std::vector<const yaml_value*> all;
  if (const auto* items = read_list(grid != nullptr ? *grid : *choice, name, found)) {
    for (const yaml_value& item : *items) all.push_back(&item);
  }
  return all;
}

}  // namespace ravine
