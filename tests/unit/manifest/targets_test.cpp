#include "train/trial.hpp"
#include "train/trial_observer.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <cmath>
#include <cstdint>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Targets of landscapes whose minimum is not 0: a raw loss of 1e-6 was met by the start of styblinski_tang
// and easom, and could not be met on goldstein_price.
namespace {

using namespace ravine;
using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string on(const std::string& problems, const std::string& target) {
  return fmt::format(
      "problems: [{}]\nevaluate: {{target: {}}}\ntrain: {{steps: 300}}\noptimizers: [{{use: adam, with: "
      "{{lr: 0.05}}}}]\n",
      problems, target);
}

target_spec target_on(const std::string& problem, const std::string& target) {
  return *parse(on(problem, target)).trials.at(0).spec.evaluate.target;
}

TEST(targets_of_landscapes, met_by_the_start_are_an_error) {
  const std::string four = "{use: styblinski_tang}, {use: easom}, {use: goldstein_price}, {use: rosenbrock}";
  EXPECT_EQ(
      report(on(four, "{loss: 1e-6}")),
      "test.yaml:2:27: evaluate.target.loss: problems[0] (styblinski_tang) has the loss 0 at (4, -4), and so "
      "meets the target 1e-06 before the first step; expected a gap, the loss above its minimum of -78.3323, "
      "as in {gap: 1e-06}, or another start\n"
      "test.yaml:2:27: evaluate.target.loss: problems[1] (easom) has the loss -0.0353659 at (2, 4), and so "
      "meets the target 1e-06 before the first step; expected a gap, the loss above its minimum of -1, as in "
      "{gap: 1e-06}, or another start\n"
      "test.yaml:2:27: evaluate.target.loss: problems[2] (goldstein_price) has no loss below its minimum of "
      "3, "
      "and so never meets the target 1e-06; expected a gap, the loss above that minimum, as in {gap: 1e-06}");
  EXPECT_EQ(report(on("{use: mccormick}", "{loss: -10}")), "") << "it falls for ever outside its box";
  EXPECT_EQ(report(on(four, "{gap: 1e-6}")), "");
  EXPECT_EQ(report(on("{use: styblinski_tang}", "{loss: -70}")), "") << "a raw loss may be a target";
  EXPECT_THAT(report(on("{use: booth, start: [1, 3]}", "{gap: 1e-6}")), HasSubstr("has the gap 0 at (1, 3)"));
  EXPECT_THAT(report(on("{use: easom, instance: {shift: true, rotate: true}}", "{loss: 0}")),
              HasSubstr("has the loss -0.0353659 at (2, 4)"))
      << "an instance starts at the same place of the function";
  EXPECT_THAT(report(on("{use: rosenbrock, with: {n: {grid: [2, 3]}}, start: [1, 1]}", "{loss: 1}")),
              HasSubstr("has the loss 0 at (1, 1)"));
}

TEST(targets_of_landscapes, that_declare_no_minimum_are_no_gaps) {
  EXPECT_EQ(report(on("{use: beale}, {use: saddle}", "{gap: 1e-6}")),
            "test.yaml:2:26: evaluate.target.gap: problems[1] (saddle) declares no minimum, and so has no "
            "gap; give it "
            "a target of its own, problems[1]: evaluate: {target: {loss: …}}, or {target: null}");
  EXPECT_EQ(report(on("{use: beale}, {use: saddle, evaluate: {target: {loss: -1}}}", "{gap: 1e-6}")), "");
  EXPECT_EQ(report(on("{use: beale}, {use: saddle, evaluate: {target: null}}", "{gap: 1e-6}")), "");
}

TEST(targets_of_landscapes, that_are_gaps_below_0_are_an_error) {
  EXPECT_EQ(
      report(on("{use: easom}", "{gap: -1}")),
      "test.yaml:2:26: evaluate.target.gap: problems[0] (easom) has no loss below its minimum of -1, and "
      "so never meets a gap, the loss above that minimum, of -1; expected 0 or more");
  EXPECT_THAT(report(on("{use: beale}", "{gap: [0.1, -1e-9]}")), HasSubstr("expected 0 or more"));
  EXPECT_EQ(report(on("{use: beale}", "{gap: 0}")), "");
  EXPECT_EQ(report(on("{use: mccormick}", "{gap: -1}")), "") << "it falls for ever outside its box";
}

TEST(targets, are_a_number_a_list_or_a_range) {
  EXPECT_EQ(target_on("{use: beale}", "{gap: 1e-3}"), (target_spec{"gap", 1e-3}));
  EXPECT_EQ(target_on("{use: beale}", "{gap: [1e-6, 0.1, 1e-3]}"), (target_spec{"gap", 1e-6, {0.1, 1e-3}}));
  const target_spec range = target_on("{use: goldstein_price}", "{gap: {from: 1e2, to: 1e-8, count: 51}}");
  EXPECT_EQ(range.value, 1e-8);
  ASSERT_EQ(range.easier.size(), 50U);
  EXPECT_EQ(range.easier.front(), 1e2);
  for (std::size_t i = 0; i < range.easier.size(); ++i) {
    EXPECT_THAT(std::log10(range.easier[i]), DoubleNear(2 - 0.2 * static_cast<double>(i), 1e-14));
  }
  EXPECT_THAT(target_on("{use: easom}", "{gap: [10, 0.5, 1e-6]}").easier, ElementsAre(0.5))
      << "the start has a gap of 0.96";
  const auto accuracies = parse(
      "problems: [{use: mlp, data: {use: digits}}]\noptimizers: [{use: sgd}]\n"
      "evaluate: {target: {validation_accuracy: [0.9, 0.5, 0.8]}}\n");
  EXPECT_EQ(accuracies.trials.at(0).spec.evaluate.target,
            (target_spec{"validation_accuracy", 0.9, {0.5, 0.8}}));
}

TEST(targets, that_are_wrong_are_errors) {
  const auto wrong = [](const std::string& target) { return report(on("{use: beale}", target)); };
  EXPECT_THAT(wrong("{gap: []}"), HasSubstr("evaluate.target.gap: found an empty list"));
  EXPECT_THAT(wrong("{gap: [0.1, 0.1]}"), HasSubstr("evaluate.target.gap: 0.1 is there twice"));
  EXPECT_THAT(wrong("{gap: [0.1, soon]}"), HasSubstr("evaluate.target.gap: found soon, expected a number"));
  EXPECT_THAT(wrong("{gap: {from: 1, to: 2, count: 5}}"),
              HasSubstr("evaluate.target.gap.to: found 2, expected a number below from, which is 1"));
  EXPECT_THAT(wrong("{gap: {from: 1, to: 0, count: 5}}"),
              HasSubstr("evaluate.target.gap.to: found 0, expected a number above 0"));
  EXPECT_THAT(wrong("{gap: {from: 1, count: 1}}"),
              AllOf(HasSubstr("evaluate.target.gap: to is missing, the hardest target"),
                    HasSubstr("evaluate.target.gap.count: found 1, expected a whole number from 2 to 1000")));
}

TEST(targets, that_are_easier_leave_a_trial_what_it_is) {
  const auto hash = [](const std::string& target) {
    return parse(on("{use: beale}", target)).trials.hash(0);
  };
  EXPECT_EQ(hash("{gap: 1e-6}"), hash("{gap: [0.1, 1e-3, 1e-6]}"));
  EXPECT_NE(hash("{gap: 1e-6}"), hash("{gap: [0.1, 1e-3, 1e-7]}"));
  EXPECT_NE(hash("{gap: 1e-6}"), hash("{loss: 1e-6}"));
}

/// The first trial of a manifest.
trial_result run_first(const std::string& manifest) {
  const plan all = parse(manifest);
  struct : trial_observer {
    command after_step(const cost&, std::uint64_t, double) override { return command::go_on; }
  } nobody;
  return run_trial(all.trials.at(0).spec, built_plugins(), nullptr, nobody);
}

TEST(gap, is_the_loss_above_the_declared_minimum) {
  // f at the start less f*: Surjanovic & Bingham, Virtual Library of Simulation Experiments.
  const std::map<std::string, double> at_start{
      {"styblinski_tang", 2 * 39.16616570377141}, {"goldstein_price", 1210.6875 - 3}, {"rosenbrock", 24.2}};
  for (const auto& [name, expected] : at_start) {
    const trial_result result = run_first(on("{use: " + name + "}", "{gap: 1e-6}"));
    const auto& first = result.evaluations.front().metrics;
    EXPECT_NEAR(first.at("gap"), expected, 1e-12 * expected) << name;
    EXPECT_FALSE(result.target_reached_at && result.target_reached_at->steps == 0) << name;
  }
  const trial_result needle = run_first(on("{use: easom}", "{gap: 1e-6}"));
  ASSERT_TRUE(needle.target_reached_at);
  EXPECT_GT(needle.target_reached_at->steps, 0U);
  EXPECT_LE(std::abs(needle.evaluations.back().metrics.at("loss") + 1), 1e-6);
  const trial_result price = run_first(on("{use: goldstein_price, start: [0.1, -0.9]}", "{gap: 1e-6}"));
  EXPECT_TRUE(price.target_reached_at) << "a loss of 3 is as low as it gets";
  const trial_result turned = run_first(
      on("{use: goldstein_price, start: [0.1, -0.9], instance: {rotate: true, shift: true}}", "{gap: 1e-6}"));
  EXPECT_TRUE(turned.target_reached_at);
  const auto saddle = run_first(on("{use: saddle, evaluate: {target: null}}, {use: beale}", "{gap: 1e-6}"));
  EXPECT_EQ(saddle.evaluations.front().metrics.count("gap"), 0U);
}

}  // namespace
