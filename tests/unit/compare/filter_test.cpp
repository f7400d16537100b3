#include "compare/filter.hpp"

#include "unit/compare/compare_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using testing::make;

/// "adam 0.1|sgd 0.01" of the trials that meet the conditions.
std::string kept(const std::vector<std::string>& conditions) {
  std::vector<filter> filters;
  for (const std::string& text : conditions) filters.push_back(parse_filter(text));
  const std::vector<stored_trial> trials = matching(
      {make({.optimizer = "adam", .point = {{"lr", 0.001}}}),
       make({.optimizer = "sgd", .point = {{"lr", 0.1}}}),
       make({.optimizer = "sgd", .repetition = 1, .status = trial_status::timed_out, .point = {{"lr", 1.0}}}),
       make({.optimizer = "plain", .problem = "rosenbrock"})},
      filters);
  std::string text;
  for (const stored_trial& trial : trials) {
    text += (text.empty() ? "" : "|") + trial.optimizer;
    if (!trial.point.empty()) text += " " + to_string(trial.point);
  }
  return text;
}

std::string fault(const std::string& condition) {
  try {
    kept({condition});
    return "";
  } catch (const filter_error& problem) {
    return problem.what();
  }
}

TEST(filter, finds_names_and_lists_of_them) {
  EXPECT_EQ(kept({"optimizer=adam"}), "adam lr=0.001");
  EXPECT_EQ(kept({"optimizer=adam,plain"}), "adam lr=0.001|plain");
  EXPECT_EQ(kept({"optimizer!=adam,sgd"}), "plain");
  EXPECT_EQ(kept({"problem=rosenbrock"}), "plain");
  EXPECT_EQ(kept({"status=timed out"}), "sgd lr=1");
  EXPECT_EQ(kept({"repetition=2"}), "sgd lr=1");
}

TEST(filter, compares_searched_values_and_hyperparameters_as_numbers) {
  EXPECT_EQ(kept({"lr=1e-3"}), "adam lr=0.001");
  EXPECT_EQ(kept({"lr<0.1"}), "adam lr=0.001");
  EXPECT_EQ(kept({"lr<=0.1"}), "adam lr=0.001|sgd lr=0.1");
  EXPECT_EQ(kept({"lr>0.1"}), "sgd lr=1");
  EXPECT_EQ(kept({"lr>=.1"}), "sgd lr=0.1|sgd lr=1");
  EXPECT_EQ(kept({"lr!=1"}), "adam lr=0.001|sgd lr=0.1|plain") << "one without the value differs from it";
  EXPECT_EQ(kept({"beta=.9", "optimizer=plain"}), "plain");
}

TEST(filter, finds_hyperparameters_of_inner_optimizers_and_groups) {
  optimizer_spec adam, ema, mixed, biases;
  adam.optimizer = {"adam", {{"lr", 0.1}}, "adam's"};
  ema.optimizer = {"ema", {{"decay", 0.99}}, "ema's"};
  ema.inner = {adam};
  biases.optimizer = {"adam", {{"lr", 0.7}}, "adam's"};
  biases.selects = {"*.bias", ""};
  mixed.optimizer = {"muon", {{"lr", 0.2}}, "muon's"};
  mixed.groups = {biases};
  const std::vector<stored_trial> trials{
      make({.optimizer = "lookahead", .inner = {adam}}), make({.optimizer = "swa", .inner = {ema}}),
      make({.optimizer = "grouped", .inner = {mixed}}), make({.optimizer = "plain"})};
  const auto found = [&](const char* condition) {
    const std::vector<filter> filters{parse_filter(condition)};
    std::vector<std::string> names;
    for (const stored_trial& each : matching(trials, filters)) names.push_back(each.optimizer);
    return names;
  };
  EXPECT_THAT(found("inner.lr=0.1"), ::testing::ElementsAre("lookahead"));
  EXPECT_THAT(found("inner.decay>0.9"), ::testing::ElementsAre("swa"));
  EXPECT_THAT(found("inner.inner.lr<1"), ::testing::ElementsAre("swa"));
  EXPECT_THAT(found("inner.[*.bias].lr>0.5"), ::testing::ElementsAre("grouped"));
}

TEST(filter, wants_every_condition_met) {
  EXPECT_EQ(kept({"optimizer=sgd", "lr>0.5"}), "sgd lr=1");
  EXPECT_EQ(kept({"optimizer=adam", "lr>0.5"}), "");
}

TEST(filter, says_what_is_wrong) {
  EXPECT_EQ(fault("optimiser=adam"), "no trial has optimiser; did you mean optimizer?");
  EXPECT_EQ(fault("lr<small"), "lr is compared as a number, but found small");
  EXPECT_EQ(fault("problem<3"), "problem is compared as a number, but found beale");
  EXPECT_EQ(fault("adam"),
            "found adam, expected a condition such as problem=digits, optimizer!=sgd,adam or lr<=0.1");
  EXPECT_EQ(fault("=adam"),
            "found =adam, expected a condition such as problem=digits, optimizer!=sgd,adam or lr<=0.1");
  EXPECT_EQ(fault("optimizer=adm"), "no trial has optimizer=adm; did you mean adam?");
  EXPECT_EQ(fault("lr=3"), "") << "a number need not be a slip";
  EXPECT_THAT(fault("w=1"),
              ::testing::StartsWith("no trial has w; there are: batch_size, beta, blas_kernel, build, "));
}

}  // namespace
}  // namespace ravine
