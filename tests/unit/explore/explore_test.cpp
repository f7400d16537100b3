#include "explore/jobs.hpp"
#include "explore/plugin_catalog.hpp"
#include "unit/data/data_support.hpp"
#include "unit/plugin_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
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

json traced(const json& request, const registry& plugins) { return tracer(plugins).answer(request); }

TEST(tracer, gives_the_path_of_each_optimizer_in_the_manifest_order) {
  const json answer = traced({{"manifest", two_optimizers}}, shipped_plugins());
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

TEST(tracer, draws_the_landscape_where_it_is_asked_to) {
  const json answer = traced(
      {{"manifest", two_optimizers}, {"cells", 8}, {"frame", {{"lower", {-2, -1}}, {"upper", {2, 3}}}}},
      shipped_plugins());
  EXPECT_EQ(answer["image"]["losses"].size(), 64U);
  EXPECT_EQ(answer["image"]["upper"], (std::vector<int>{2, 3}));
}

TEST(tracer, tells_how_a_path_ended_that_did_not_come_through) {
  const json answer =
      traced({{"manifest", "problems: [{use: rosenbrock}]\noptimizers: [{use: sgd, with: {lr: 1}}]"}},
             shipped_plugins());
  EXPECT_NE(answer["paths"][0]["status"], "completed");
  EXPECT_NE(answer["paths"][0]["reason"], "");
}

TEST(tracer, tells_the_learning_rates_of_each_path) {
  const json answer = traced({{"manifest",
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
      shipped_plugins(), 1, {}, [&](const json& event) { events.push_back(event); });
  std::vector<std::string> names;
  for (const json& event : events) {
    if (event["event"] != "step") names.push_back(event["event"]);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"stage", "examples", "trial", "evaluation", "evaluation",
                                             "evaluation", "end", "done"}));
  EXPECT_EQ(events.back()["event"], "done");
}

TEST(train_job, tunes_before_it_trains) {
  std::vector<json> events;
  train_job(
      {{"manifest",
        "problems: [{use: softmax, data: {use: digits, with: {train: 256, validation: 64, test: 64}}}]\n"
        "train: {epochs: 1}\noptimizers: [{use: sgd, with: {lr: {grid: [1e-6, 0.1]}}}]\n"
        "tuning: {method: grid}"}},
      shipped_plugins(), 1, {}, [&](const json& event) { events.push_back(event); });
  std::vector<std::string> begun;
  for (const json& event : events) {
    if (event["event"] == "stage") begun.push_back("stage of " + event["missing"].dump());
    if (event["event"] == "trial") begun.push_back(event["role"].get<std::string>() + event["point"].dump());
  }
  EXPECT_EQ(begun, (std::vector<std::string>{"stage of 2", R"(search{"lr":1e-06})", R"(search{"lr":0.1})",
                                             "stage of 1", R"(result{"lr":0.1})"}));
}

/// Two networks on images, as a page has them trained; `epochs` may be raised to go on.
json race(int epochs) {
  return {{"manifest", fmt::format("problems: [{{use: softmax, data: {{use: digits, with: {{train: 256, "
                                   "validation: 64, test: 64}}}}}}]\ntrain: {{epochs: {}}}\n"
                                   "optimizers: [{{use: sgd, with: {{lr: 0.1}}}}, {{use: adam}}]\n"
                                   "checkpoint: {{every: {{epochs: 1}}, at_end: true}}\n",
                                   epochs)}};
}

std::vector<json> events_of(const json& request, const std::filesystem::path& file) {
  std::vector<json> events;
  train_job(request, shipped_plugins(), 1, file, [&](const json& event) { events.push_back(event); });
  return events;
}

/// The last event of that name of that optimizer.
json last_of(const std::vector<json>& events, const char* name, const char* label) {
  json found;
  for (const json& each : events) {
    if (each["event"] == name && each.value("label", "") == label) found = each;
  }
  return found;
}

TEST(train_job, trains_all_results_side_by_side) {
  std::size_t training = 0, most = 0;
  for (const json& event : events_of(race(2), {})) {
    if (event["event"] == "trial") most = std::max(most, ++training);
    if (event["event"] == "end") --training;
  }
  EXPECT_EQ(most, 2U) << "although there is one job";
}

TEST(train_job, shows_what_the_networks_make_of_some_images) {
  const std::vector<json> events = events_of(race(8), {});
  const auto images =
      std::ranges::find_if(events, [](const json& event) { return event["event"] == "examples"; });
  ASSERT_NE(images, events.end());
  EXPECT_EQ((*images)["shape"], (std::vector<int>{1, 28, 28}));
  ASSERT_EQ((*images)["pixels"].size(), 20U);
  EXPECT_EQ((*images)["pixels"][0].size(), 784U);
  const json view = last_of(events, "view", "adam");
  ASSERT_EQ(view["predictions"].size(), 20U) << view.value("problem", "");
  std::size_t right = 0;
  for (std::size_t i = 0; i < 20; ++i) right += view["predictions"][i] == (*images)["labels"][i] ? 1 : 0;
  EXPECT_GE(right, 10U) << "of ten classes, by chance two are";
  EXPECT_EQ(view["weights"]["tensor"], "output.weight");
  ASSERT_EQ(view["weights"]["units"].size(), 10U);
  int largest = 0;
  for (const json& unit : view["weights"]["units"]) {
    ASSERT_EQ(unit.size(), 784U);
    for (const json& weight : unit) largest = std::max(largest, std::abs(weight.get<int>()));
  }
  EXPECT_EQ(largest, 127);
  EXPECT_GT(view["weights"]["largest"], 0);
}

TEST(train_job, goes_on_from_the_end_of_a_shorter_training) {
  const testing::temporary_folder folder;
  const std::vector<json> shorter = events_of(race(1), folder / "kept.db");
  const std::vector<json> longer = events_of(race(2), folder / "kept.db");
  const std::vector<json> at_once = events_of(race(2), {});
  const json loss = last_of(at_once, "evaluation", "adam")["metrics"]["validation_loss"];
  EXPECT_EQ(last_of(longer, "evaluation", "adam")["metrics"]["validation_loss"], loss);
  const std::vector<json> again = events_of(race(2), folder / "kept.db");
  EXPECT_EQ(last_of(again, "evaluation", "adam")["metrics"]["validation_loss"], loss);
  EXPECT_EQ(last_of(again, "end", "adam")["status"], "completed") << "told of, though it is not run again";
  EXPECT_EQ(last_of(again, "view", "adam")["predictions"], last_of(at_once, "view", "adam")["predictions"]);
  EXPECT_TRUE(last_of(again, "step", "adam").is_null());
}

TEST(train_job, shows_beside_a_stored_curve_no_network_of_another_length) {
  const testing::temporary_folder folder;
  events_of(race(1), folder / "kept.db");
  events_of(race(3), folder / "kept.db");
  const std::vector<json> shorter_again = events_of(race(1), folder / "kept.db");
  EXPECT_EQ(last_of(shorter_again, "evaluation", "adam")["epochs"], 1);
  const json of_longer = last_of(shorter_again, "view", "adam");
  EXPECT_FALSE(of_longer.contains("predictions"));
  EXPECT_FALSE(of_longer.contains("weights"));
  EXPECT_EQ(of_longer["problem"], "the network at the end of this training is not kept");

  // And the other way round, after a shorter one that ended later.
  events_of(race(2), folder / "kept.db");
  const std::vector<json> longer_again = events_of(race(3), folder / "kept.db");
  EXPECT_EQ(last_of(longer_again, "evaluation", "adam")["epochs"], 3);
  EXPECT_FALSE(last_of(longer_again, "view", "adam").contains("predictions"));
  EXPECT_TRUE(last_of(events_of(race(2), folder / "kept.db"), "view", "adam").contains("predictions"));
}

TEST(train_job, shows_no_images_of_a_table) {
  const testing::temporary_folder folder;
  std::ofstream table(folder / "table.csv");
  for (int i = 0; i < 60; ++i) table << i % 7 << ',' << i % 3 << ',' << i % 2 << '\n';
  table.close();
  const json request{
      {"manifest", fmt::format("problems: [{{use: softmax, data: {{use: csv, with: {{file: {}}}}}}}]\n"
                               "train: {{epochs: 1, batch_size: 8}}\noptimizers: [{{use: sgd}}]\n"
                               "checkpoint: {{at_end: true}}\n",
                               (folder / "table.csv").string())}};
  for (const json& event : events_of(request, {})) {
    EXPECT_NE(event["event"], "examples");
    EXPECT_NE(event["event"], "view");
  }
}

TEST(tracer, draws_no_search) {
  EXPECT_THAT(
      [] {
        traced({{"manifest",
                 "problems: [{use: rosenbrock}]\noptimizers: [{use: sgd, with: {lr: {grid: [1e-3, 1e-4]}}}]\n"
                 "tuning: {method: grid}"}},
               shipped_plugins());
      },
      ::testing::ThrowsMessage<request_error>(HasSubstr("tuning: paths are drawn of given hyperparameters")));
}

TEST(train_job, leaves_landscapes_to_the_other_tab) {
  EXPECT_THROW(train_job({{"manifest", two_optimizers}}, shipped_plugins(), 1, {}, [](const json&) {}),
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
