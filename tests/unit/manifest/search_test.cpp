#include "unit/manifest/manifest_support.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ravine;
using namespace ravine::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> points(const plan& all) {
  std::vector<std::string> texts;
  for (const planned_trial& trial : all.trials) {
    std::string text;
    for (const auto& [name, value] : trial.spec.point)
      text += (text.empty() ? "" : " ") + name + '=' + to_string(value);
    texts.push_back(text);
  }
  return texts;
}

TEST(manifest_search, a_grid_is_the_product_with_the_last_axis_fastest) {
  const plan all = parse(R"(
problems: [{use: beale}]
optimizers: [{use: momentum, with: {lr: {grid: [0.1, 0.01]}, form: {choice: [ema, velocity]}}}]
)");
  EXPECT_THAT(points(all), ElementsAre("form=ema lr=0.1", "form=velocity lr=0.1", "form=ema lr=0.01",
                                       "form=velocity lr=0.01"));
  EXPECT_EQ(all.trials[1].spec.optimizer.optimizer.with.at("form"), setting(std::string("velocity")));
  EXPECT_EQ(all.trials[2].spec.optimizer.optimizer.with.at("lr"), setting(0.01));
}

TEST(manifest_search, reaches_models_data_and_batch_size) {
  const plan all = parse(R"(
repetitions: 2
problems:
  - use: mlp
    with: {hidden: {grid: [[16], [32, 16]]}}
    data: {use: mnist, with: {validation: {grid: [1000, 5000]}}}
train: {batch_size: {grid: [32, full]}}
optimizers: [{use: sgd}]
)");
  ASSERT_EQ(all.trials.size(), 16U);
  EXPECT_THAT(points(all)[4], "problem.data.validation=5000 problem.hidden=[16] train.batch_size=32");
  const trial_spec& last = all.trials.back().spec;
  EXPECT_EQ(last.train.batch_size, 0U);
  EXPECT_EQ(last.problem.model.with.at("hidden"), setting(std::vector<std::int64_t>{32, 16}));
  EXPECT_EQ(last.problem.data->with.at("validation"), setting(std::int64_t{5000}));
  EXPECT_EQ(last.repetition, 1U);
  EXPECT_EQ(all.trials[0].spec.point, all.trials[1].spec.point);
}

TEST(manifest_search, a_batch_size_is_not_searched_on_a_landscape) {
  const plan all = parse(R"(
problems: [{use: softmax, data: {use: digits}}, {use: beale}]
train: {batch_size: {grid: [32, 64]}}
optimizers: [{use: sgd}]
)");
  EXPECT_THAT(points(all), ElementsAre("train.batch_size=32", "train.batch_size=64", ""));
}

TEST(manifest_search, checks_every_value_of_a_grid) {
  EXPECT_EQ(report("problems: [{use: beale}]\n"
                   "optimizers: [{use: sgd, with: {lr: {grid: [0.1, -1, fast, 0.10]}}}]\n"),
            "test.yaml:2:49: optimizers[0].with.lr: found -1, expected a real number >= 0\n"
            "test.yaml:2:53: optimizers[0].with.lr: found fast, expected a real number >= 0\n"
            "test.yaml:2:59: optimizers[0].with.lr: 0.10 is there twice");
}

TEST(manifest_search, names_the_nearest_expression) {
  EXPECT_THAT(report("problems: [{use: beale}]\noptimizers: [{use: adam, with: {lr: {grids: [1]}}}]\n"),
              HasSubstr("optimizers[0].with.lr: unknown key grids; did you mean grid?"));
}

TEST(manifest_search, an_enormous_plan_is_a_error_and_not_made) {
  std::string lr;
  for (int i = 0; i < 100; ++i) lr += (i == 0 ? "" : ", ") + std::to_string(i);
  const std::string text =
      "problems: [{use: beale}]\nrepetitions: 200\noptimizers:\n"
      "  - {use: adam, with: {lr: {grid: [" +
      lr + "]}, eps: {grid: [" + lr + "]}}}\n";
  EXPECT_EQ(report(text),
            "test.yaml:2:14: problems x optimizers x search points x repetitions are more than 1000000 "
            "trials; search fewer values");
}

TEST(manifest_search, equal_trials_under_two_labels_are_an_error) {
  EXPECT_EQ(
      report(
          "problems: [{use: beale}]\nrepetitions: 3\noptimizers:\n"
          "  - {use: sgd, with: {lr: {grid: [0.1, 0.2]}}}\n  - {use: sgd, label: again, with: {lr: 0.2}}\n"),
      "test.yaml:5:5: again on beale would repeat the trials of sgd on beale; change one, or leave it out");
}

}  // namespace
