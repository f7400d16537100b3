#include "compare/stored_spec.hpp"

#include "core/error.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

/// {"use": …, "with": {…}, "plugin_sha256": …}; of data, "sha256" in place of the last one, or none.
void expect_component(const json& value) {
  value.at("use").get_ref<const std::string&>();
  value.at("with").get_ref<const json::object_t&>();
  for (const char* digest : {"plugin_sha256", "sha256"}) {
    if (value.contains(digest)) value[digest].get_ref<const std::string&>();
  }
}

void expect_number(const json& value) { static_cast<void>(value.get_ref<const json::number_unsigned_t&>()); }

void expect_optimizer(const json& rule) {
  expect_component(rule);
  if (rule.contains("inner")) expect_optimizer(rule["inner"]);
  if (!rule.contains("groups")) return;
  for (const json& each : rule["groups"].get_ref<const json::array_t&>()) expect_optimizer(each);
}

void expect_parts(const json& spec) {
  const json& problem = spec.at("problem");
  expect_component(problem.at("model"));
  problem.at("model").at("plugin_sha256");
  if (problem.contains("data")) expect_component(problem["data"]);
  if (problem.contains("start")) static_cast<void>(problem["start"].get<std::vector<double>>());
  if (problem.contains("instance")) {
    for (const char* part : {"rotate", "shift"}) problem["instance"].at(part).get_ref<const bool&>();
  }
  expect_optimizer(spec.at("optimizer"));
  for (const char* part : {"train", "evaluate"}) spec.at(part).get_ref<const json::object_t&>();
  for (const char* part : {"seed", "repetition"}) expect_number(spec.at(part));
  if (spec.contains("threads")) expect_number(spec["threads"]);
}

}  // namespace

json read_spec(const stored_trial& trial) {
  try {
    json spec = json::parse(trial.spec);
    expect_parts(spec);
    return spec;
  } catch (const json::exception& problem) {
    throw error(fmt::format("the stored trial {} has a specification that can't be read: {}", trial.id,
                            problem.what()));
  }
}

}  // namespace ravine
