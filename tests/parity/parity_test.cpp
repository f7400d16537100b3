#include "plugin/registry.hpp"
#include "train/trial.hpp"

#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The paths of reference.json were made by PyTorch in float64: see reference.py.

namespace ravine {
namespace {

constexpr double tolerance = 1e-12;  // relative, over 200 steps

class unwatched : public trial_observer {
 public:
  wish after_step(const cost&, std::uint64_t, double) override { return wish::go_on; }
};

settings read_settings(const nlohmann::json& with) {
  settings read;
  for (const auto& [name, value] : with.items()) {
    if (value.is_string()) {
      read[name] = value.get<std::string>();
    } else {
      read[name] = value.get<double>();
    }
  }
  return read;
}

trial_spec read_spec(const nlohmann::json& reference) {
  trial_spec spec;
  spec.optimizer.optimizer.use = reference.at("optimizer");
  spec.optimizer.optimizer.with = read_settings(reference.at("with"));
  spec.problem.model.use = reference.at("landscape");
  spec.problem.type = dtype::f64;
  spec.problem.start = reference.at("start").get<std::vector<double>>();
  spec.train.budget = {static_cast<double>(reference.at("points").size() - 1), cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  return spec;
}

/// The largest Euclidean distance from the reference, relative to the reference point's norm.
double largest_difference(const trajectory& path, const nlohmann::json& points) {
  double largest = 0;
  for (std::size_t row = 0; row < points.size(); ++row) {
    double distance = 0;
    double length = 0;
    for (std::size_t i = 0; i < path.dimension; ++i) {
      const double expected = points[row][i];
      distance = std::hypot(distance, path.points[row * path.dimension + i] - expected);
      length = std::hypot(length, expected);
    }
    largest = std::max(largest, distance / length);
  }
  return largest;
}

TEST(parity, optimizers_follow_the_paths_of_pytorch) {
  std::ifstream file(RAVINE_PARITY_DIR "/reference.json");
  ASSERT_TRUE(file);
  const nlohmann::json reference = nlohmann::json::parse(file);
  registry plugins;
  plugins.scan(RAVINE_TEST_PLUGIN_DIR);
  ASSERT_GE(reference.at("cases").size(), 4U);
  for (const nlohmann::json& each : reference.at("cases")) {
    unwatched observer;
    const trial_result result =
        run_trial(read_spec(each), plugins, nullptr, observer, path_recording::every_step);
    ASSERT_EQ(result.status, trial_status::completed) << result.reason;
    ASSERT_EQ(result.path.steps.size(), each.at("points").size());
    const double difference = largest_difference(result.path, each.at("points"));
    fmt::print("{:<10} on {:<12} {}: differs by {:.1e}\n", each.at("optimizer").get<std::string>(),
               each.at("landscape").get<std::string>(), each.at("with").dump(), difference);
    EXPECT_LE(difference, tolerance) << each.at("optimizer") << " on " << each.at("landscape");
  }
}

}  // namespace
}  // namespace ravine
