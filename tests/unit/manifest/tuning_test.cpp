#include "manifest/search.hpp"
#include "manifest/tuning_block.hpp"
#include "tuning/search_points.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::HasSubstr;
using testing::parse;
using testing::report;

std::string tuned(const std::string& optimizers, const std::string& tuning,
                  const std::string& problems = "[{use: beale}]") {
  return "repetitions: 3\nproblems: " + problems + "\noptimizers: " + optimizers + "\ntuning: " + tuning +
         "\n";
}

double real_of(const planned_trial& trial, const char* name) {
  return std::get<double>(trial.spec.point.at(name));
}

TEST(manifest_tuning, tries_as_many_points_for_each_optimizer_with_one_seed_each) {
  const plan all =
      parse(tuned("[{use: sgd, with: {lr: {log_uniform: [1e-4, 1]}}}, "
                  "{use: adam, with: {lr: {log_uniform: [1e-4, 1]}, beta1: {uniform: [0.8, 0.95]}}}]",
                  "{method: random, trials: 7}"));
  ASSERT_EQ(all.trials.size(), 14U);
  EXPECT_EQ(all.tuning_metric, "validation_loss");
  std::set<double> rates;
  for (const planned_trial& trial : all.trials) {
    EXPECT_EQ(trial.role, trial_role::search);
    EXPECT_EQ(trial.spec.repetition, search_repetition);
    EXPECT_GE(real_of(trial, "lr"), 1e-4);
    EXPECT_LE(real_of(trial, "lr"), 1);
    EXPECT_EQ(trial.spec.optimizer.optimizer.with.at("lr"), trial.spec.point.at("lr"));
    rates.insert(real_of(trial, "lr"));
  }
  EXPECT_EQ(rates.size(), 14U);
}

TEST(manifest_tuning, is_repeated_as_a_whole_by_studies) {
  const std::string optimizers = "[{use: sgd, with: {lr: {log_uniform: [1e-4, 1]}}}, {use: adam}]";
  const plan once = parse(tuned(optimizers, "{method: sobol, trials: 5, repetitions: 2}"));
  const plan thrice = parse(tuned(optimizers, "{method: sobol, trials: 5, repetitions: 2, studies: 3}"));
  ASSERT_EQ(once.trials.size(), 10U + 3);
  ASSERT_EQ(thrice.trials.size(), 3 * once.trials.size());
  std::set<double> rates;
  std::set<std::uint64_t> searched, results;
  for (const planned_trial& trial : thrice.trials) {
    (trial.role == trial_role::search ? searched : results).insert(trial.spec.repetition);
    if (trial.role == trial_role::search) rates.insert(real_of(trial, "lr"));
  }
  EXPECT_EQ(rates.size(), 15U) << "each study has points of its own";
  EXPECT_EQ(searched.size(), 6U) << "and random numbers";
  EXPECT_EQ(results.size(), 9U) << "also where there is nothing to tune";
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(thrice.trials[i].hash, once.trials[i].hash) << "the first is the one that there was";
  }
  EXPECT_EQ(study_of(thrice.trials[10].spec.repetition), 1U);
  EXPECT_EQ(repetition_name(thrice.trials[11].spec.repetition), "study 2 · search repetition 2");
  EXPECT_THAT(report(tuned(optimizers, "{method: sobol, trials: 5, studies: 0}")),
              HasSubstr("tuning.studies"));
  EXPECT_THAT(report(tuned(optimizers, "{method: sobol, trials: 5, studies: 101}")),
              HasSubstr("tuning.studies"));
}

TEST(manifest_tuning, tries_the_same_points_again_and_the_same_for_the_same_axes) {
  const std::string text = tuned(
      "[{use: sgd, with: {lr: {log_uniform: [1e-4, 1]}}}, "
      "{use: momentum, with: {lr: {log_uniform: [1e-4, 1]}}}]",
      "{method: sobol, trials: 5}");
  const plan first = parse(text), second = parse(text);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(first.trials[i].hash, second.trials[i].hash);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(first.trials[i].spec.point, first.trials[i + 5].spec.point);
  const plan other = parse("seed: 2\n" + text);
  EXPECT_NE(first.trials[0].spec.point, other.trials[0].spec.point);
}

TEST(manifest_tuning, of_a_grid_tries_every_point_once) {
  const plan all = parse(
      tuned("[{use: sgd, with: {lr: {grid: [0.1, 0.2]}}}, {use: adam, label: fixed}]", "{method: grid}"));
  ASSERT_EQ(all.trials.size(), 5U);
  EXPECT_EQ(std::ranges::count(all.trials, trial_role::search, &planned_trial::role), 2);
  EXPECT_EQ(all.trials[4].spec.repetition, 2U);
}

TEST(manifest_tuning, of_a_grid_has_no_more_finalists_than_points) {
  const auto report_of = [](const std::string& tuning) {
    return report(tuned("[{use: sgd, with: {lr: {grid: [0.1, 0.2]}}}]", tuning));
  };
  EXPECT_EQ(report_of("{method: grid, repetitions: 10, finalists: 100000}"), "");
  EXPECT_THAT(report(tuned("[{use: sgd, with: {lr: {log_uniform: [1e-4, 1]}}}]",
                           "{trials: 100000, repetitions: 1000, finalists: 100000}")),
              HasSubstr("are more than 1000000 trials"));
}

TEST(manifest_tuning, takes_the_ranges_that_the_plugin_declares) {
  const plan all =
      parse(tuned("[{use: adam, search: default, with: {beta1: 0.8}}]", "{method: random, trials: 20}"));
  const component& adam = testing::built_plugins().get(component_kind::optimizer, "adam");
  for (const planned_trial& trial : all.trials) {
    EXPECT_FALSE(trial.spec.point.contains("beta1"));
    for (const char* name : {"lr", "beta2", "eps"}) {
      EXPECT_GE(real_of(trial, name), adam.find_hyperparameter(name)->search_low);
      EXPECT_LE(real_of(trial, name), adam.find_hyperparameter(name)->search_high);
    }
  }
}

TEST(search_range, is_even_on_its_scale) {
  using distribution = search_range::distribution;
  const auto real = [](const search_range& range, double share) { return std::get<double>(range.at(share)); };
  EXPECT_DOUBLE_EQ(real({distribution::uniform, -1, 3}, 0.5), 1);
  EXPECT_NEAR(real({distribution::log_uniform, 1e-4, 1}, 0.5), 1e-2, 1e-16);
  EXPECT_NEAR(real({distribution::log_one_minus_uniform, 0.9, 0.999}, 0.5), 0.99, 1e-12);
  std::vector<int> counts(4);
  for (int i = 0; i < 400; ++i) {
    const setting drawn = search_range{distribution::int_uniform, 5, 8}.at(i / 400.0);
    ++counts.at(static_cast<std::size_t>(std::get<std::int64_t>(drawn) - 5));
  }
  EXPECT_THAT(counts, ::testing::Each(100));
}

TEST(search_range, gives_values_that_are_short_and_inside) {
  using distribution = search_range::distribution;
  const auto text = [](const search_range& range, double share) { return to_string(range.at(share)); };
  EXPECT_EQ(text({distribution::uniform, 0.8, 0.95}, 0.29969), "0.845");
  EXPECT_EQ(text({distribution::uniform, 0.8, 0.95}, 0.29), "0.8435");
  EXPECT_EQ(text({distribution::uniform, 1000, 1001}, 0.12345678), "1000.123")
      << "a thousandth of a narrow interval";
  EXPECT_EQ(text({distribution::uniform, 1e6, 3e6}, 0.12345678), "1247000");
  EXPECT_EQ(text({distribution::log_uniform, 1e-4, 1}, 0.3), "0.001585");
  EXPECT_EQ(text({distribution::log_one_minus_uniform, 0.9, 0.9999}, 0.9), "0.9998005") << "of 1 - x";
  for (const search_range& range : {search_range{distribution::log_uniform, 1.00004e-3, 1.00014e-3},
                                    search_range{distribution::uniform, -0.33333, 0.66666},
                                    search_range{distribution::log_one_minus_uniform, 0.900004, 0.99991}}) {
    for (int i = 0; i < 1000; ++i) {
      const double value = std::get<double>(range.at(i / 1000.0));
      EXPECT_GE(value, range.low);
      EXPECT_LE(value, range.high);
    }
  }
}

TEST(manifest_tuning, remembers_where_in_their_ranges_values_were_drawn) {
  const plan all =
      parse(tuned("[{use: adam, with: {lr: {log_uniform: [1e-4, 1]}, beta1: {choice: [0.8, 0.9]}}}]",
                  "{method: sobol, trials: 6}"));
  for (const planned_trial& trial : all.trials) {
    ASSERT_EQ(trial.shares.size(), 1U) << "a list has no range";
    EXPECT_NEAR(std::pow(10, -4 + 4 * trial.shares.at("lr")), real_of(trial, "lr"),
                1e-3 * real_of(trial, "lr"));
  }
}

TEST(search_points, of_a_sobol_sequence_fill_the_cube_evenly) {
  // 64 points of two axes: with a shift, each half, quarter, … of an axis still gets its share to within one.
  const std::vector<search_axis> axes{{"a", {}, search_range{search_range::distribution::uniform, 0, 1}},
                                      {"b", {}, search_range{search_range::distribution::uniform, 0, 1}}};
  const auto points = search_points({search_method::kind::sobol, 64}, axes, 3);
  for (const char* axis : {"a", "b"}) {
    std::vector<int> counts(8);
    for (const search_point& point : points) {
      ++counts.at(static_cast<std::size_t>(std::get<double>(point.values.at(axis)) * 8));
    }
    for (const int count : counts) EXPECT_NEAR(count, 8, 1);
  }
}

TEST(manifest_tuning, tells_its_errors) {
  const std::string sgd = "[{use: sgd, with: {lr: {log_uniform: [1e-4, 1]}}}]";
  EXPECT_THAT(report(tuned(sgd, "{method: magic, trials: 3}")),
              HasSubstr("tuning.method: found magic, expected grid, random or sobol"));
  EXPECT_THAT(report(tuned(sgd, "{method: random}")), HasSubstr("tuning: trials is missing"));
  EXPECT_THAT(report(tuned(sgd, "{trials: 0}")),
              HasSubstr("tuning.trials: found 0, expected a whole number"));
  EXPECT_THAT(report(tuned(sgd, "{method: grid}")), HasSubstr("a grid has no intervals"));
  EXPECT_THAT(report(tuned(sgd, "{method: grid, trials: 3}")), HasSubstr("leave it out"));
  EXPECT_THAT(report(tuned(sgd, "{trials: 3, metric: test_accuracy}")),
              HasSubstr("nothing may be chosen by it"));
  EXPECT_THAT(report(tuned(sgd, "{trials: 3, metric: validation_los}")),
              HasSubstr("did you mean validation_loss?"));
  EXPECT_THAT(
      report(tuned(sgd, "{trials: 3}", "[{use: softmax, data: {use: digits, with: {validation: 0}}}]")),
      HasSubstr("validation: 0 keeps no examples for it"));
  EXPECT_THAT(report(tuned(sgd, "{trials: 3}", "[{use: rosenbrock, with: {n: {grid: [2, 3]}}}]")),
              HasSubstr("tuning chooses an optimizer's hyperparameters, not the problem's"));
  EXPECT_THAT(report("problems: [{use: beale}]\noptimizers: " + sgd + "\n"),
              HasSubstr("nothing says how many"));
}

TEST(manifest_tuning, tells_errors_of_intervals) {
  const auto with_lr = [](const std::string& lr) {
    return report(tuned("[{use: sgd, with: {lr: " + lr + "}}]", "{trials: 3}"));
  };
  EXPECT_THAT(with_lr("{uniform: [1, 0.1]}"), HasSubstr("with.lr.uniform: 1 is not below 0.1"));
  EXPECT_THAT(with_lr("{uniform: [1]}"), HasSubstr("expected the two ends: [low, high]"));
  EXPECT_THAT(with_lr("{log_uniform: [0, 1]}"), HasSubstr("found 0, expected a number above 0"));
  EXPECT_THAT(with_lr("{int_uniform: [0.5, 2]}"), HasSubstr("found 0.5, expected a whole number"));
  EXPECT_THAT(with_lr("{uniform: [-1, 1]}"), HasSubstr("-1 is in the interval, expected a real number >= 0"));
  EXPECT_THAT(with_lr("{uniform: [0, 1], grid: [1]}"),
              HasSubstr("with.lr: expected one of grid, choice, uniform, log_uniform, int_uniform, not two"));
  EXPECT_THAT(report(tuned("[{use: momentum, with: {form: {uniform: [0, 1]}}}]", "{trials: 3}")),
              HasSubstr("or {choice: […]}"));
  EXPECT_THAT(report(tuned("[{use: sgd, search: all}]", "{trials: 3}")),
              HasSubstr("search: found all, expected default"));
}

}  // namespace
}  // namespace ravine
