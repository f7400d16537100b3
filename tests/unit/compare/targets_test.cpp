#include "compare/comparison.hpp"
#include "compare/comparison_json.hpp"
#include "compare/runtime_profile.hpp"
#include "unit/compare/compare_support.hpp"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using ::testing::Contains;
using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::infinity;
using ::testing::IsEmpty;
using ::testing::Key;
using testing::made_trial;
using testing::make;
using ::testing::Not;
using ::testing::Pair;
using testing::rounding;

/// A trial that recorded when it met the last of the targets, as training does.
stored_trial with_curve(const made_trial& given, std::vector<evaluation> curve, std::vector<double> targets) {
  stored_trial trial = make(given);
  trial.target_metric = "gap";
  trial.target_value = targets.back();
  targets.pop_back();
  trial.easier_targets = targets;
  for (const evaluation& each : curve) {
    if (!trial.result.target_reached_at && each.metrics.at("gap") <= trial.target_value) {
      trial.result.target_reached_at = each.at;
    }
  }
  trial.result.spent = curve.back().at;
  trial.result.evaluations = std::move(curve);
  return trial;
}

double real(const nlohmann::json& number) { return number == "inf" ? infinity : number.get<double>(); }

TEST(targets, agree_with_numpy_on_expected_costs_runtimes_and_data_profiles) {
  std::ifstream file(RAVINE_TEST_SOURCE_DIR "/compare/reference.json");
  const nlohmann::json race = nlohmann::json::parse(file).at("races").at(0);
  const auto targets = race.at("targets").get<std::vector<double>>();
  std::vector<stored_trial> trials;
  for (const auto& each : race.at("curves")) {
    std::vector<evaluation> curve;
    for (std::size_t i = 0; i < each.at("gaps").size(); ++i) {
      cost at;
      at.evaluations = each.at("evaluations").at(i);
      at.steps = at.evaluations;
      const double gap = each.at("gaps").at(i);
      curve.push_back({at, {{"gap", gap}, {"loss", gap + 3}}});
    }
    const std::uint64_t dimension = each.at("dimension");
    trials.push_back(with_curve({.optimizer = each.at("optimizer"),
                                 .repetition = each.at("repetition"),
                                 .problem = fmt::format("bowl {}", dimension)},
                                curve, targets));
    trials.back().result.parameters = dimension;
  }
  const comparison compared = compare(trials);
  ASSERT_EQ(compared.runtimes.size(), 1U);
  const runtime_summary& runtimes = compared.runtimes[0];
  EXPECT_EQ(runtimes.unit, "evaluations");
  EXPECT_THAT(runtimes.targets, ElementsAre(3, 3));
  ASSERT_EQ(runtimes.lines.size(), 2U);
  for (const runtime_line& line : runtimes.lines) {
    const nlohmann::json& expected = race.at("lines").at(line.optimizer);
    for (std::size_t i = 0; i < race.at("costs").size(); ++i) {
      const double within = race.at("costs").at(i);
      EXPECT_THAT(share_within(line.runtimes, within),
                  DoubleNear(expected.at("runtime_shares").at(i), rounding));
      EXPECT_THAT(share_within(line.simplex_gradients, within),
                  DoubleNear(expected.at("data_profile").at(i), rounding));
    }
    for (const problem_summary& problem : compared.problems) {
      for (const configuration_summary& each : problem.configurations) {
        if (each.optimizer != line.optimizer) continue;
        const nlohmann::json& costs = expected.at("expected").at(problem.problem.substr(5));
        for (std::size_t k = 0; k < targets.size(); ++k) {
          EXPECT_EQ(each.times->targets.at(k).value, targets[k]);
          EXPECT_THAT(each.times->targets[k].expected, DoubleEq(real(costs.at(k))));
        }
        EXPECT_EQ(each.times->targets.back().expected, each.times->evaluations.expected);
      }
    }
  }
}

/// Of trials that met a target of 0.5 after 20 steps, and of slower ones of another optimizer that kept it.
std::vector<stored_trial> race_with(const made_trial& fast) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 10; ++i) {
    made_trial first = fast;
    first.optimizer = "momentum";
    first.repetition = i;
    first.target_steps = 20;
    trials.push_back(make(first));
    trials.push_back(make({.optimizer = "adam",
                           .repetition = i,
                           .final_metrics = {{"loss", 0.4}},
                           .target_steps = 50.0 + static_cast<double>(i)}));
  }
  return trials;
}

TEST(targets, that_were_lost_again_are_told_and_win_no_star) {
  const problem_summary kept = compare(race_with({.final_metrics = {{"loss", 0.1}}})).problems[0];
  EXPECT_THAT(kept.leaders, Contains(Pair("evaluations", 0U)));
  EXPECT_THAT(kept.configurations[0].times->lost_later, IsEmpty());

  const problem_summary left = compare(race_with({.final_metrics = {{"loss", 0.6}}})).problems[0];
  EXPECT_THAT(left.leaders, Not(Contains(Key("evaluations"))));
  EXPECT_THAT(left.configurations[0].times->lost_later, ElementsAre(Pair(trial_status::completed, 10U)));
  EXPECT_EQ(left.configurations[0].times->reached, 10U) << "it did meet it";

  // That it met the target at its last evaluation does not help a trial that failed after it.
  for (const trial_status failed : {trial_status::escaped, trial_status::diverged, trial_status::crashed}) {
    std::vector<stored_trial> trials = race_with({.final_metrics = {{"loss", 0.1}}});
    for (std::size_t i = 0; i < 14; i += 2) trials[i].result.status = failed;
    const problem_summary problem = compare(trials).problems[0];
    EXPECT_THAT(problem.leaders, Not(Contains(Key("evaluations"))));
    EXPECT_THAT(problem.configurations[0].times->lost_later, ElementsAre(Pair(failed, 7U)));
    EXPECT_EQ(problem.configurations[0].times->evaluations.expected, 40);
    EXPECT_EQ(to_json(compare(trials))["problems"][0]["configurations"][0]["time_to_target"]["lost_later"],
              (nlohmann::json{{to_string(failed), 7}}));
  }
}

TEST(targets, that_were_met_before_the_first_step_are_warned_of) {
  std::vector<stored_trial> trials{make({.target_steps = 0}), make({.repetition = 1, .target_steps = 30})};
  const problem_summary problem = compare(trials).problems[0];
  EXPECT_EQ(problem.configurations[0].times->at_start, 1U);
  EXPECT_THAT(problem.warnings,
              Contains(HasSubstr("the target, loss ≤ 0.5, was met before the first step in 1 of 2 trials")));
  EXPECT_THAT(compare({make({.target_steps = 30})}).problems[0].warnings,
              Not(Contains(HasSubstr("first step"))));
}

TEST(targets, of_several_experiments_are_put_together) {
  const auto curve = [](double gap) {
    return std::vector<evaluation>{{{}, {{"gap", 9.0}}}, {{7, 7}, {{"gap", gap}}}};
  };
  const std::vector<stored_trial> trials{
      with_curve({.repetition = 0}, curve(0.2), {5, 0.1}),
      with_curve({.repetition = 1, .experiment = "f"}, curve(0.05), {1, 0.1})};
  EXPECT_THAT(compare(trials).problems.at(0).targets, ElementsAre(5, 1, 0.1));
  EXPECT_THAT(compare(trials).problems.at(0).configurations.at(0).times->targets.at(1).costs,
              ElementsAre(7, 7));
}

TEST(best_score, stands_beside_the_final_one) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 3; ++i) {
    trials.push_back(make({.repetition = i, .final_metrics = {{"loss", 4.0}, {"test_accuracy", 0.5}}}));
    trials.back().result.evaluations.insert(trials.back().result.evaluations.begin() + 1,
                                            {{50, 100}, {{"loss", 0.25 * static_cast<double>(i + 1)}}});
  }
  trials[2].result.status = trial_status::escaped;
  const configuration_summary line = compare(trials).problems[0].configurations[0];
  ASSERT_EQ(line.scores.size(), 2U);
  EXPECT_EQ(line.scores[1].metric, "loss");
  EXPECT_THAT(line.scores[1].values, ElementsAre(4, 4, infinity));
  EXPECT_EQ(line.scores[1].best, 0.5) << "of 0.25, 0.5 and 0.75, whatever became of the last";
  EXPECT_TRUE(std::isnan(line.scores[0].best)) << "the best of a test metric is chosen by it";
}

TEST(gap, is_compared_before_a_loss_whose_minimum_is_not_0) {
  using measured = std::map<std::string, double>;
  const auto metrics_with = [](const measured& first, const measured& second) {
    stored_trial one = make({.final_metrics = first}), two = make({.repetition = 1, .final_metrics = second});
    one.result.evaluations.erase(one.result.evaluations.begin());
    two.result.evaluations.erase(two.result.evaluations.begin());
    return compare({one, two}).problems[0].metrics;
  };
  EXPECT_THAT(metrics_with({{"loss", 3.5}, {"gap", 0.5}}, {{"loss", 4}, {"gap", 1}}),
              ElementsAre("gap", "loss"));
  EXPECT_THAT(metrics_with({{"loss", 0.5}, {"gap", 0.5}}, {{"loss", 1}, {"gap", 1}}),
              ElementsAre("loss", "gap"));
  EXPECT_THAT(metrics_with({{"loss", 3.5}}, {{"loss", 4}, {"gap", 1}}), ElementsAre("loss"))
      << "an older trial has no gap, which makes it no worse";
}

}  // namespace
}  // namespace ravine
