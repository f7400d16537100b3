#include "core/settings_json.hpp"
#include "parity_support.hpp"
#include "train/schedule.hpp"
#include "unit/special_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The curves of schedules.json were made by PyTorch: see schedules.py.

namespace ravine {
namespace {

std::vector<schedule_stage> read_stages(const nlohmann::json& written) {
  std::vector<schedule_stage> stages;
  for (const nlohmann::json& each : written) {
    schedule_stage& stage = stages.emplace_back();
    stage.scheduler.use = each.at("use");
    stage.scheduler.with = settings_from_json(each.at("with").dump());
    if (each.contains("for")) stage.length = amount{each.at("for"), cost_unit::steps};
  }
  return stages;
}

/// The values that the host gives an optimizer, step by step.
std::vector<double> curve(const nlohmann::json& reference) {
  const std::size_t steps = reference.at("values").size();
  schedule_sequence sequence(read_stages(reference.at("stages")), {steps, 0}, testing::shipped_plugins());
  std::vector<double> values;
  for (std::uint64_t step = 1; step <= steps; ++step) {
    values.push_back(sequence.value(step, reference.at("base")));
    if (reference.contains("metrics")) sequence.observe(step, reference.at("metrics")[step - 1]);
  }
  return values;
}

double largest_difference(const std::vector<double>& values, const std::vector<double>& expected) {
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double scale = std::max(std::abs(expected[i]), std::numeric_limits<double>::min());
    largest = testing::larger(largest, std::abs(values[i] - expected[i]) / scale);
  }
  return largest;
}

TEST(schedule_parity, schedulers_follow_the_curves_of_pytorch) {
  std::ifstream file(RAVINE_PARITY_DIR "/schedules.json");
  ASSERT_TRUE(file);
  const nlohmann::json reference = nlohmann::json::parse(file);
  ASSERT_GE(reference.at("cases").size(), 39U);
  for (const nlohmann::json& each : reference.at("cases")) {
    const auto expected = each.at("values").get<std::vector<double>>();
    ASSERT_EQ(expected.size(), 200U);
    const double difference = largest_difference(curve(each), expected);
    fmt::print("{:<42} differs by {:.1e}\n", each.at("pytorch").get<std::string>(), difference);
    EXPECT_LE(difference, 1e-12) << each.at("pytorch") << ' ' << each.at("stages");
  }
}

}  // namespace
}  // namespace ravine
