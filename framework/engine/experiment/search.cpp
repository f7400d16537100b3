#include "experiment/search.hpp"

#include "experiment/block.hpp"

#include <limits>

#include <fmt/format.h>

namespace ravine {

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

std::vector<const yaml_value*> alternatives(const yaml_value& value, std::string_view name, mistakes& found) {
  if (value.type != yaml_value::kind::block) return {&value};
  const block expression(value, std::string(name),
                         {"grid", "choice", "uniform", "log_uniform", "int_uniform"}, found);
  for (const char* drawn : {"uniform", "log_uniform", "int_uniform"}) {
    if (const yaml_value* range = expression[drawn]) {
      found.add(range->at,
                fmt::format("{}: {} is not supported yet; list the values: {{grid: […]}}", name, drawn));
      return {};
    }
  }
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
