#include "parity_support.hpp"
#include "plugin/instance.hpp"
#include "plugin/registry.hpp"
#include "train/trial.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The paths of reference.json were made by PyTorch in float64: see reference.py.

namespace ravine {
namespace {

using testing::read_settings;
using testing::relative_difference;
using testing::shipped_plugins;
using testing::unwatched;

constexpr double tolerance = 1e-10;  // relative, over 200 steps
constexpr double tight = 1e-12;      // for the rules that have no more than two averages

double tolerance_of(const std::string& optimizer) {
  return optimizer == "sgd" || optimizer == "momentum" || optimizer == "adam" ? tight : tolerance;
}

trial_spec read_spec(const nlohmann::json& reference, std::size_t steps) {
  trial_spec spec;
  spec.optimizer.optimizer.use = reference.at("optimizer");
  spec.optimizer.optimizer.with = read_settings(reference.at("with"));
  spec.problem.model.use = reference.at("landscape");
  spec.problem.model.with = read_settings(reference.at("landscape_with"));
  spec.problem.type = dtype::f64;
  spec.problem.start = reference.at("start").get<std::vector<double>>();
  spec.train.budget = {static_cast<double>(steps), cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  return spec;
}

std::string landscape_label(const nlohmann::json& reference) {
  const nlohmann::json& with = reference.at("landscape_with");
  const std::string name = reference.at("landscape");
  return with.contains("n") ? fmt::format("{} {}", name, with.at("n").get<int>()) : name;
}

/// The point at a row of the path.
std::span<const double> row_of(const trajectory& path, std::size_t row) {
  return std::span(path.points).subspan(row * path.dimension, path.dimension);
}

struct parity : ::testing::Test {
  void SetUp() override {
    std::ifstream file(RAVINE_PARITY_DIR "/reference.json");
    ASSERT_TRUE(file);
    reference = nlohmann::json::parse(file);
  }

  trial_result run(const nlohmann::json& each, std::size_t steps) const {
    unwatched observer;
    return run_trial(read_spec(each, steps), shipped_plugins(), nullptr, observer,
                     path_recording::every_step);
  }

  /// The largest element of the landscape's gradient at a row of the path.
  double gradient_at(const nlohmann::json& each, const trajectory& path, std::size_t row) const {
    const component& which =
        shipped_plugins().get(component_kind::model, each.at("landscape").get<std::string>());
    model landscape(which, nullptr, read_settings(each.at("landscape_with")), RV_F64);
    std::vector<double> gradient(path.dimension);
    landscape.loss_gradient(&path.points[row * path.dimension], nullptr, gradient.data());
    return std::abs(*std::ranges::max_element(gradient, {}, [](double g) { return std::abs(g); }));
  }

  nlohmann::json reference;
};

TEST_F(parity, optimizers_follow_the_paths_of_pytorch) {
  const std::size_t every = reference.at("every");
  std::map<std::string, std::map<std::string, double>> table;
  std::map<std::string, double> landscapes;
  for (const nlohmann::json& each : reference.at("cases")) {
    const nlohmann::json& points = each.at("points");
    const trial_result result = run(each, (points.size() - 1) * every);
    const std::string optimizer = each.at("optimizer");
    const std::string label = fmt::format("{} {}", optimizer, each.at("with").dump());
    const std::string landscape = landscape_label(each);
    ASSERT_EQ(result.status, trial_status::completed) << label << " on " << landscape << result.reason;
    double largest = 0;
    for (std::size_t k = 0; k < points.size(); ++k) {
      largest = std::max(largest, relative_difference(row_of(result.path, k * every), points[k]));
    }
    EXPECT_LE(largest, tolerance_of(optimizer)) << label << " on " << landscape;
    table[label][landscape] = largest;
    landscapes[landscape] = std::max(landscapes[landscape], largest);
  }
  ASSERT_GE(landscapes.size(), 3U);
  for (const auto& [landscape, largest] : landscapes) fmt::print("{:>13}", landscape);
  fmt::print("\n");
  for (const auto& [label, row] : table) {
    EXPECT_EQ(row.size(), landscapes.size()) << label;
    for (const auto& [landscape, largest] : row) fmt::print("{:13.1e}", largest);
    fmt::print("  {}\n", label);
  }
}

TEST_F(parity, lbfgs_finds_the_minima_of_pytorch_in_no_more_evaluations) {
  const double converged = reference.at("converged");
  ASSERT_GE(reference.at("minima").size(), 3U);
  // Of one path alone it may be one more: pairs are kept below a curvature of 1e-10, where PyTorch drops
  // them.
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> totals;
  for (const nlohmann::json& each : reference.at("minima")) {
    const trajectory path = run(each, 200).path;
    std::size_t row = 0;
    while (row + 1 < path.steps.size() && gradient_at(each, path, row) > converged) ++row;
    const std::uint64_t evaluations = path.evaluations.at(row);
    const double difference = relative_difference(row_of(path, row), each.at("minimum"));
    fmt::print("lbfgs on {:<13} {:>3} evaluations, PyTorch {:>3}, minima differ by {:.0e}, {}\n",
               landscape_label(each), evaluations, each.at("evaluations").get<std::uint64_t>(), difference,
               each.at("with").dump());
    EXPECT_LE(gradient_at(each, path, row), converged);
    EXPECT_LE(evaluations, each.at("evaluations").get<std::uint64_t>() + 1);
    EXPECT_LE(difference, 1e-6);
    auto& [ours, pytorch] = totals[landscape_label(each)];
    ours += evaluations;
    pytorch += each.at("evaluations").get<std::uint64_t>();
  }
  for (const auto& [landscape, total] : totals) EXPECT_LE(total.first, total.second) << landscape;
}

}  // namespace
}  // namespace ravine
