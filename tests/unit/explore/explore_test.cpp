#include "explore/jobs.hpp"
#include "explore/plugin_catalog.hpp"
#include "unit/plugin_support.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;
using ::testing::HasSubstr;
using testing::shipped_plugins;

constexpr const char* two_optimizers =
    "problems: [{use: rosenbrock}]\ntrain: {steps: 3}\n"
    "optimizers: [{use: sgd, with: {lr: 0.001}}, {use: adam, with: {lr: 0.05}}]\n";

TEST(trace_job, gives_the_path_of_each_optimizer_in_the_manifest_order) {
  const json answer = trace_job({{"manifest", two_optimizers}}, shipped_plugins());
  ASSERT_EQ(answer["paths"].size(), 2U);
  const json& sgd = answer["paths"][0];
  EXPECT_EQ(sgd["label"], "sgd");
  EXPECT_EQ(sgd["step"], (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(sgd["x"][0], -1.2);
  EXPECT_EQ(sgd["loss"][0], 24.2);
  // From (-1.2, 1), where the gradient is (-215.6, -88).
  EXPECT_DOUBLE_EQ(sgd["x"][1], -0.9844);
  EXPECT_DOUBLE_EQ(sgd["y"][1], 1.088);
  EXPECT_EQ(answer["paths"][1]["label"], "adam");
  EXPECT_FALSE(answer.contains("image"));
}

TEST(trace_job, draws_the_landscape_where_it_is_asked_to) {
  const json answer = trace_job(
      {{"manifest", two_optimizers}, {"cells", 8}, {"frame", {{"lower", {-2, -1}}, {"upper", {2, 3}}}}},
      shipped_plugins());
  EXPECT_EQ(answer["image"]["losses"].size(), 64U);
  EXPECT_EQ(answer["image"]["upper"], (std::vector<int>{2, 3}));
}

TEST(trace_job, tells_how_a_path_ended_that_did_not_come_through) {
  const json answer =
      trace_job({{"manifest", "problems: [{use: rosenbrock}]\noptimizers: [{use: sgd, with: {lr: 1}}]"}},
                shipped_plugins());
  EXPECT_NE(answer["paths"][0]["status"], "completed");
  EXPECT_NE(answer["paths"][0]["reason"], "");
}

TEST(trace_job, tells_the_learning_rates_of_each_path) {
  const json answer = trace_job({{"manifest",
                                  "problems: [{use: rosenbrock}]\ntrain: {steps: 4}\noptimizers:\n"
                                  "  - {use: sgd, with: {lr: 0.001}, schedule: {lr: {use: cosine}}}\n"
                                  "  - {use: nelder_mead}\n"}},
                                shipped_plugins());
  const json& rates = answer["paths"][0]["rates"];
  EXPECT_EQ(rates["step"], (std::vector<int>{1, 2, 3, 4}));
  // Loshchilov & Hutter 2017: lr (1 + cos(pi t / T)) / 2, t steps before.
  ASSERT_EQ(rates["lr"].size(), 4U);
  EXPECT_NEAR(rates["lr"][0].get<double>(), 1e-3, 1e-9);
  EXPECT_NEAR(rates["lr"][1].get<double>(), 1e-3 * (1 + std::sqrt(0.5)) / 2, 1e-9);
  EXPECT_NEAR(rates["lr"][2].get<double>(), 5e-4, 1e-9);
  EXPECT_TRUE(answer["paths"][1]["rates"].is_null());
}

TEST(train_job, tells_of_each_evaluation_and_of_the_end) {
  std::vector<json> events;
  train_job(
      {{"manifest",
        "problems: [{use: softmax, data: {use: digits, with: {train: 256, validation: 64, test: 64}}}]\n"
        "train: {epochs: 2}\noptimizers: [{use: sgd, with: {lr: 0.1}}]"}},
      shipped_plugins(), 1, [&](const json& event) { events.push_back(event); });
  std::vector<std::string> names;
  for (const json& event : events) {
    if (event["event"] != "step") names.push_back(event["event"]);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"stage", "trial", "evaluation", "evaluation", "evaluation",
                                             "end", "done"}));
  EXPECT_EQ(events.back()["event"], "done");
}

TEST(train_job, tunes_before_it_trains) {
  std::vector<json> events;
  train_job(
      {{"manifest",
        "problems: [{use: softmax, data: {use: digits, with: {train: 256, validation: 64, test: 64}}}]\n"
        "train: {epochs: 1}\noptimizers: [{use: sgd, with: {lr: {grid: [1e-6, 0.1]}}}]\n"
        "tuning: {method: grid}"}},
      shipped_plugins(), 1, [&](const json& event) { events.push_back(event); });
  std::vector<std::string> begun;
  for (const json& event : events) {
    if (event["event"] == "stage") begun.push_back("stage of " + event["missing"].dump());
    if (event["event"] == "trial") begun.push_back(event["role"].get<std::string>() + event["point"].dump());
  }
  EXPECT_EQ(begun, (std::vector<std::string>{"stage of 2", R"(search{"lr":1e-06})", R"(search{"lr":0.1})",
                                             "stage of 1", R"(result{"lr":0.1})"}));
}

TEST(trace_job, draws_no_search) {
  EXPECT_THAT(
      [] {
        trace_job(
            {{"manifest",
              "problems: [{use: rosenbrock}]\noptimizers: [{use: sgd, with: {lr: {grid: [1e-3, 1e-4]}}}]\n"
              "tuning: {method: grid}"}},
            shipped_plugins());
      },
      ::testing::ThrowsMessage<request_error>(HasSubstr("tuning: paths are drawn of given hyperparameters")));
}

TEST(train_job, leaves_landscapes_to_the_other_tab) {
  EXPECT_THROW(train_job({{"manifest", two_optimizers}}, shipped_plugins(), 1, [](const json&) {}),
               request_error);
}

TEST(plugin_catalog, tells_what_a_slider_needs) {
  const json catalog = plugin_catalog(shipped_plugins());
  const auto adam =
      std::ranges::find_if(catalog["optimizers"], [](const json& each) { return each["id"] == "adam"; });
  ASSERT_NE(adam, catalog["optimizers"].end());
  const json& lr = (*adam)["hyperparameters"][0];
  EXPECT_EQ(lr["name"], "lr");
  EXPECT_EQ(lr["scale"], "log");
  EXPECT_EQ(lr["default"], 0.001);
  EXPECT_LT(lr["search"][0], lr["search"][1]);
  EXPECT_EQ((*adam)["wraps"], false);
  EXPECT_EQ((*adam)["may_wrap"], false);
  const auto lookahead =
      std::ranges::find_if(catalog["optimizers"], [](const json& each) { return each["id"] == "lookahead"; });
  ASSERT_NE(lookahead, catalog["optimizers"].end()) << "wrappers are offered";
  EXPECT_EQ((*lookahead)["wraps"], true);
  const auto mlp =
      std::ranges::find_if(catalog["models"], [](const json& each) { return each["id"] == "mlp"; });
  EXPECT_EQ((*mlp)["is_landscape"], false);
  EXPECT_TRUE(
      std::ranges::any_of(catalog["data"], [](const json& each) { return each["name"] == "digits"; }));
}

}  // namespace
}  // namespace ravine
