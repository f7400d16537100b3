#include "core/settings_json.hpp"

#include "core/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

setting read(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  return value.get<std::vector<std::int64_t>>();
}

}  // namespace

json settings_to_json(const settings& values) {
  json all = json::object();
  for (const auto& [name, value] : values) {
    std::visit([&, &key = name](const auto& held) { all[key] = held; }, value);
  }
  return all;
}

settings settings_from_json(const std::string& text) {
  try {
    settings values;
    const json read_back = json::parse(text);
    // Of a list, items() would give the places as names.
    for (const auto& [name, value] : read_back.get_ref<const json::object_t&>()) values[name] = read(value);
    return values;
  } catch (const json::exception& problem) {
    throw error(
        fmt::format("found {}, expected hyperparameters as JSON ({})", text.substr(0, 100), problem.what()));
  }
}

}  // namespace ravine
