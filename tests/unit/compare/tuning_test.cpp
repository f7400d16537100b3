#include "compare/comparison.hpp"
#include "compare/mean_ranks.hpp"
#include "unit/compare/compare_support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::Contains;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make;
using ::testing::Not;
using ::testing::Pair;

stored_trial at(double lr, double loss, std::uint64_t repetition = 0) {
  return make({.repetition = repetition, .final_metrics = {{"loss", loss}}, .point = {{"lr", lr}}});
}

TEST(tuning, measures_sensitivity_and_what_a_smaller_budget_would_give) {
  const problem_summary problem = compare({at(0.1, 1), at(0.001, 4), at(0.01, 1.04)}).problems[0];
  ASSERT_EQ(problem.sensitivities.size(), 1U);
  const sensitivity_summary& lr = problem.sensitivities[0];
  EXPECT_THAT(lr.values, ElementsAre(0.001, 0.01, 0.1));
  EXPECT_THAT(lr.scores, ElementsAre(4, 1.04, 1));
  EXPECT_EQ(lr.range.lower, 0.01);
  EXPECT_EQ(lr.range.upper, 0.1);
  ASSERT_EQ(problem.tuning_budgets.size(), 1U);
  EXPECT_THAT(problem.tuning_budgets[0].expected_best,
              ElementsAre(DoubleEq(6.04 / 3), DoubleEq((1 + 1 + 1.04) / 3), DoubleEq(1)));
}

/// Results of five studies with two repetitions each, of what each study chose.
std::vector<stored_trial> five_studies(const char* optimizer, const std::vector<double>& losses) {
  std::vector<stored_trial> trials;
  for (std::size_t study = 0; study < losses.size(); ++study) {
    for (const std::uint64_t repetition : {0U, 1U}) {
      trials.push_back(make({.optimizer = optimizer,
                             .repetition = study * study_stride + repetition,
                             .final_metrics = {{"loss", losses[study] + static_cast<double>(repetition)}},
                             .point = {{"lr", 0.1 * static_cast<double>(study + 1)}}}));
    }
  }
  return trials;
}

TEST(studies, are_the_measurements_whatever_they_chose) {
  std::vector<stored_trial> trials = five_studies("adam", {4, 2, 6, 8, 3});
  for (stored_trial& each : five_studies("sgd", {5, 4, 9, 12, 8})) trials.push_back(std::move(each));
  const problem_summary problem = compare(trials, "sgd").problems[0];
  ASSERT_EQ(problem.configurations.size(), 2U) << "one line for each optimizer";
  const configuration_summary& adam = problem.configurations[0];
  EXPECT_TRUE(adam.point.empty());
  ASSERT_EQ(adam.studies.size(), 5U);
  EXPECT_EQ(adam.studies[2], (settings{{"lr", 0.1 * 3}}));
  EXPECT_EQ(adam.repetitions, 10U);
  EXPECT_THAT(adam.scores[0].values, ElementsAre(4.5, 2.5, 6.5, 8.5, 3.5)) << "the median of each study";
  EXPECT_EQ(adam.scores[0].median, 4.5);
  EXPECT_THAT(problem.paired[0].differences, ElementsAre(-1, -2, -3, -4, -5)) << "study by study";
  EXPECT_EQ(problem.paired[0].p_value, 2.0 / 32) << "of five pairs, not of ten";
  EXPECT_THAT(problem.leaders, IsEmpty()) << "of five pairs no test says so";
}

TEST(studies, have_no_pairs_with_repetitions) {
  std::vector<stored_trial> trials = five_studies("adam", {4, 2, 6});
  for (const std::uint64_t repetition : {0U, 1U, 2U}) {
    trials.push_back(make({.optimizer = "sgd", .repetition = repetition, .final_metrics = {{"loss", 9}}}));
  }
  const problem_summary problem = compare(trials, "sgd").problems[0];
  ASSERT_EQ(problem.paired.size(), 1U);
  EXPECT_THAT(problem.paired[0].differences, IsEmpty()) << "study 1 and repetition 1 share no randomness";
}

TEST(studies, are_not_pooled_with_another_experiment_of_the_same_label) {
  std::vector<stored_trial> trials = five_studies("adam", {4, 2, 6});
  for (stored_trial& each : trials) each.experiment = "tuned";
  stored_trial& other = trials.emplace_back(make({.optimizer = "adam", .final_metrics = {{"loss", 100}}}));
  other.experiment = "plain";
  const problem_summary problem = compare(trials).problems[0];
  ASSERT_EQ(problem.configurations.size(), 2U);
  for (const configuration_summary& each : problem.configurations) {
    EXPECT_EQ(each.repetitions, each.optimizer == "adam (tuned)" ? 6U : 1U) << each.optimizer;
  }
}

TEST(studies, count_for_the_warnings) {
  const auto found = compare(five_studies("adam", {4, 2, 6})).problems[0].warnings;
  EXPECT_THAT(found, Contains("3 studies of tuning: fewer than 5 say little about spread"));
}

TEST(studies, that_have_failed_trials_have_their_median) {
  std::vector<stored_trial> trials = five_studies("adam", {4, 2, 6, 8, 3});
  trials[0].result.status = trial_status::diverged;
  const problem_summary problem = compare(trials).problems[0];
  EXPECT_EQ(problem.configurations[0].scores[0].values[0], std::numeric_limits<double>::infinity());
  EXPECT_EQ(problem.configurations[0].scores[0].median, 6.5);
}

TEST(warnings, tell_of_searches_that_are_unequal_or_end_at_an_edge) {
  const auto found = compare({at(0.1, 1), at(0.01, 2), make({.optimizer = "sgd"})}).problems[0].warnings;
  EXPECT_THAT(found, Contains(HasSubstr("unequal search sizes: adam 2, sgd 1")));
  EXPECT_THAT(found, Contains("adam: the best lr, 0.1, is at the edge of the 2 values that were tried"));
  EXPECT_THAT(found, Contains("1 repetition: fewer than 5 say little about spread"));
  const auto inside = compare({at(0.1, 2), at(0.01, 1), at(0.001, 2)}).problems[0].warnings;
  EXPECT_THAT(inside, Not(Contains(HasSubstr("edge"))));
}

TEST(warnings, tell_of_drawn_values_at_the_edge_of_their_range_only) {
  const auto warned = [](double share) {
    const auto found =
        compare({make({.final_metrics = {{"loss", 1}}, .point = {{"lr", 0.1}}, .shares = {{"lr", share}}}),
                 make({.final_metrics = {{"loss", 2}}, .point = {{"lr", 0.01}}, .shares = {{"lr", 0.5}}})})
            .problems[0]
            .warnings;
    return std::ranges::count(found,
                              "adam: the best lr, 0.1, is in the outer 5 % of the range it was drawn from");
  };
  EXPECT_EQ(warned(0.8), 0) << "the largest of those drawn, but the range goes on";
  EXPECT_EQ(warned(0.96), 1);
  EXPECT_EQ(warned(0.04), 1);
}

TEST(warnings, tell_of_no_edge_where_nothing_came_through) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto expect_no_edge = [](const std::vector<stored_trial>& trials, const std::string& metric) {
    const problem_summary problem = compare(trials).problems[0];
    EXPECT_THAT(problem.sensitivities, Not(IsEmpty()));
    EXPECT_THAT(problem.sensitivities, Contains(Field(&sensitivity_summary::metric, metric)));
    for (const char* told : {"at the edge of", "in the outer"})
      EXPECT_THAT(problem.warnings, Not(Contains(HasSubstr(told))));
  };
  expect_no_edge({at(0.1, infinity), at(0.01, infinity), at(0.001, infinity)}, "loss");
  const auto diverged = [](double lr, double share) {
    return make({.status = trial_status::diverged, .point = {{"lr", lr}}, .shares = {{"lr", share}}});
  };
  expect_no_edge({diverged(0.1, 0.99), diverged(0.001, 0.01)}, "loss");
}

TEST(warnings, ask_for_no_repetitions_that_would_all_be_alike) {
  const auto few = HasSubstr("fewer than 5 say little about spread");
  const auto of = [](const std::vector<stored_trial>& trials) {
    return compare(trials).problems[0].warnings;
  };
  EXPECT_THAT(of({make({.noise = 0})}), Not(Contains(few)));
  EXPECT_THAT(of({make({.noise = 0.1})}), Contains(few));
  EXPECT_THAT(of({make({.repetition = 0, .noise = 0}),
                  make({.repetition = 1, .final_metrics = {{"loss", 2.0}}, .noise = 0})}),
              Contains(few))
      << "the optimizer itself draws numbers";
}

TEST(warnings, tell_of_mixed_origins_and_crowded_cores) {
  const auto found = compare({make({.repetition = 0, .origin = {"one", "b1", 3, 2}}),
                              make({.repetition = 1, .origin = {"another", "b2", 8, 8}})})
                         .problems[0]
                         .warnings;
  EXPECT_THAT(found, Contains(HasSubstr("timed with more jobs than cores: 1 trial, with")));
  EXPECT_THAT(found,
              Contains(HasSubstr("results of 2 builds (b1 | b2), 2 processors (another | one) are mixed")));
}

TEST(warnings, tell_in_one_sentence_what_may_have_changed_last_digits) {
  provenance first{"cpu",
                   "b",
                   1,
                   8,
                   "node 1",
                   "",
                   "aaaaaaaaaa",
                   "1234",
                   "-O2",
                   "glibc 2.36",
                   "OpenBLAS 0.3.21 DYNAMIC_ARCH Haswell",
                   "Haswell"};
  provenance second = first;
  second.blas = "OpenBLAS 0.3.21 DYNAMIC_ARCH Nehalem";
  second.blas_kernel = "Nehalem";
  provenance third = first;  // other nodes of the same kind, and trials without matrix products, are alike
  third.node = "node 2";
  third.job = "slurm 2";
  third.blas.clear();
  third.blas_kernel.clear();
  const auto warnings_of = [](const provenance& one, const provenance& other) {
    std::vector<stored_trial> trials;
    for (std::uint64_t i = 0; i < 5; ++i)
      trials.push_back(make({.repetition = i, .origin = i == 0 ? other : one}));
    return compare(trials).problems[0].warnings;
  };
  EXPECT_THAT(
      warnings_of(first, second),
      ElementsAre("results of 2 OpenBLAS kernels (Haswell | Nehalem) are mixed: equal trials may differ "
                  "in their last digits, and all in their seconds"));
  EXPECT_THAT(warnings_of(first, third), IsEmpty());
  second.blas = "OpenBLAS 0.3.30 DYNAMIC_ARCH Nehalem";
  second.libm = "glibc 2.41";
  second.build_sha256 = "bbbbbbbbbb";
  EXPECT_THAT(
      warnings_of(first, second),
      ElementsAre(HasSubstr("2 OpenBLAS kernels (Haswell | Nehalem), 2 OpenBLAS versions (OpenBLAS 0.3.21 "
                            "| OpenBLAS 0.3.30), 2 builds (b, commit 1234, SHA-256 aaaaaaaa | b, commit "
                            "1234, SHA-256 bbbbbbbb), 2 versions of libm (glibc 2.36 | glibc 2.41)")));
}

TEST(warnings, tell_of_equal_trials_with_different_results) {
  const provenance one{"cpu", "b", 1, 0, "", "", "", "", "", "", "OpenBLAS 0.3.21 Haswell", "Haswell"};
  provenance other = one;
  other.blas_kernel = "Nehalem";
  const auto warnings_of = [&](double loss) {
    std::vector<stored_trial> trials;
    for (std::uint64_t i = 0; i < 5; ++i) trials.push_back(make({.repetition = i, .origin = one}));
    trials.push_back(make({.repetition = 3, .final_metrics = {{"loss", loss}}, .origin = other}));
    return compare(trials).problems[0].warnings;
  };
  EXPECT_THAT(warnings_of(1.0), IsEmpty());
  EXPECT_THAT(warnings_of(1 + 1e-15),
              ElementsAre("1 trial is there twice with different results, of 2 OpenBLAS kernels (Haswell | "
                          "Nehalem): the first of each counts"));
}

TEST(warnings, compare_of_equal_trials_what_both_have) {
  const auto warnings_of = [](const std::map<std::string, double>& older, trial_status second) {
    std::vector<stored_trial> trials;
    for (std::uint64_t i = 0; i < 5; ++i) {
      trials.push_back(make({.repetition = i, .final_metrics = {{"gap", 1}, {"loss", 1}}}));
    }
    trials.push_back(make({.repetition = 3, .final_metrics = older, .status = second}));
    return compare(trials).problems[0].warnings;
  };
  EXPECT_THAT(warnings_of({{"loss", 1}}, trial_status::completed), IsEmpty()) << "files without gaps";
  EXPECT_THAT(warnings_of({{"loss", 2}}, trial_status::completed),
              ElementsAre(HasSubstr("1 trial is there twice with different results")));
  EXPECT_THAT(warnings_of({}, trial_status::interrupted), IsEmpty()) << "it has no result";
}

TEST(warnings, of_unfinished_trials_are_none_where_another_file_has_them_whole) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 5; ++i) {
    trials.push_back(make({.repetition = i,
                           .final_metrics = {{"loss", 7}},
                           .status = i == 3 ? trial_status::interrupted : trial_status::completed,
                           .experiment = "cut"}));
  }
  trials.push_back(make({.repetition = 3, .final_metrics = {{"loss", 7}}, .experiment = "whole"}));
  const problem_summary problem = compare(trials).problems[0];
  ASSERT_EQ(problem.configurations.size(), 1U);
  EXPECT_EQ(problem.configurations[0].repetitions, 5U);
  EXPECT_EQ(problem.configurations[0].interrupted, 0U);
  EXPECT_THAT(problem.warnings, IsEmpty());
}

TEST(warnings, are_silent_when_all_is_well) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 5; ++i) trials.push_back(make({.repetition = i}));
  EXPECT_THAT(compare(trials).problems[0].warnings, IsEmpty());
}

TEST(pairing, compares_the_same_repetitions_and_corrects_over_the_family) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 6; ++i) {
    const double base = static_cast<double>(i);
    trials.push_back(make({.optimizer = "sgd", .repetition = i, .final_metrics = {{"loss", base}}}));
    trials.push_back(
        make({.optimizer = "adam", .repetition = 5 - i, .final_metrics = {{"loss", 4.5 - base}}}));
    if (i > 0) {
      trials.push_back(make({.optimizer = "nag", .repetition = i, .final_metrics = {{"loss", base + 1}}}));
    }
  }
  const problem_summary problem = compare(trials, "sgd").problems[0];
  ASSERT_EQ(problem.paired.size(), 2U);
  const paired_summary& adam = problem.paired[0];
  EXPECT_EQ(adam.optimizer, "adam");
  EXPECT_THAT(adam.differences, ElementsAre(-0.5, -0.5, -0.5, -0.5, -0.5, -0.5));
  EXPECT_EQ(adam.probability_better, 1);
  EXPECT_EQ(adam.p_value, 0.03125);
  EXPECT_EQ(adam.adjusted_p_value, 0.0625);
  const paired_summary& nag = problem.paired[1];
  EXPECT_EQ(nag.differences.size(), 5U) << "only what both have";
  EXPECT_EQ(nag.probability_better, 0);
  EXPECT_EQ(nag.adjusted_p_value, 0.0625);
  EXPECT_THROW(compare(trials, "lbfgs"), error);
}

TEST(mean_ranks, share_ranks_as_scipy_does) {
  constexpr double never = std::numeric_limits<double>::infinity();
  // scipy.stats.rankdata([3, 1, 1, inf, 2, inf])
  EXPECT_THAT(shared_ranks(std::vector{3.0, 1.0, 1.0, never, 2.0, never}),
              ElementsAre(4, 1.5, 1.5, 5.5, 3, 5.5));
  EXPECT_THAT(shared_ranks(std::vector{std::nan(""), 1.0, never}), ElementsAre(2.5, 1, 2.5));
}

TEST(mean_ranks, go_by_the_median_cost_on_each_problem_and_tell_how_firm_they_are) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 5; ++i) {
    for (const char* problem : {"beale", "booth"}) {
      const auto add = [&](const char* optimizer, std::optional<double> steps) {
        trials.push_back(
            make({.optimizer = optimizer, .repetition = i, .target_steps = steps, .problem = problem}));
      };
      const double slow_once = i == 0 ? 60 : 10;
      add("adam", slow_once);
      add("sgd", 40);
      add("nag", std::nullopt);
    }
    trials.push_back(make({.optimizer = "lion", .repetition = i, .target_steps = 1}));
  }
  const comparison compared = compare(trials);
  ASSERT_EQ(compared.ranks.size(), 3U) << "lion was run on one of the problems";
  EXPECT_EQ(compared.ranks[0].optimizer, "adam");
  EXPECT_THAT(compared.ranks[0].ranks, ElementsAre(1, 1));
  EXPECT_EQ(compared.ranks[0].mean, 1);
  EXPECT_EQ(compared.ranks[1].mean, 2);
  EXPECT_EQ(compared.ranks[2].mean, 3);
  // Three or more of five draws find the slow one with a chance of 5.8 % on each problem: on one of them at
  // least in 11 %, on both in .3 %.
  EXPECT_EQ(compared.ranks[0].range.lower, 1);
  EXPECT_EQ(compared.ranks[0].range.upper, 1.5);
  EXPECT_EQ(compared.ranks[2].range.lower, 3) << "who never meets the target is last in every sample";
  EXPECT_EQ(compared.ranks[2].range.upper, 3);
}

TEST(mean_ranks, need_five_repetitions_for_an_interval) {
  std::vector<stored_trial> trials;
  for (const char* problem : {"beale", "booth"}) {
    trials.push_back(make({.optimizer = "adam", .target_steps = 10, .problem = problem}));
    trials.push_back(make({.optimizer = "sgd", .target_steps = 40, .problem = problem}));
  }
  const comparison compared = compare(trials);
  ASSERT_EQ(compared.ranks.size(), 2U);
  EXPECT_EQ(compared.ranks[0].mean, 1);
  EXPECT_TRUE(std::isnan(compared.ranks[0].range.lower));
}

TEST(profile, gives_multiples_of_the_best_expected_time) {
  const comparison compared =
      compare({make({.optimizer = "adam", .target_steps = 10}),
               make({.optimizer = "sgd", .target_steps = 40}), make({.optimizer = "nag"})});
  ASSERT_EQ(compared.profile.size(), 3U);
  EXPECT_THAT(compared.profile[0].ratios, ElementsAre(1));
  EXPECT_THAT(compared.profile[1].ratios, ElementsAre(4));
  EXPECT_TRUE(std::isinf(compared.profile[2].ratios[0]));
  EXPECT_THAT(compared.profile_taus, IsEmpty()) << "one repetition tells of no band";
}

TEST(profile, has_a_band_of_what_other_repetitions_would_have_shown) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 5; ++i) {
    trials.push_back(make({.optimizer = "adam", .repetition = i, .target_steps = 10}));
    trials.push_back(make({.optimizer = "sgd", .repetition = i, .target_steps = i < 3 ? 5 : 20}));
    trials.push_back(make({.optimizer = "nag", .repetition = i}));
  }
  const comparison compared = compare(trials);
  ASSERT_EQ(compared.profile.size(), 3U);
  ASSERT_EQ(compared.profile[0].bands.size(), compared.profile_taus.size());
  // Five draws find k of sgd's slow trials with the binomial chances of 2/5, and cost 5 + 3 k steps then:
  // that is within tau of adam's 10 but for k of 2 to 5 (66 %) at 1, of 4 or 5 (8.7 %) up to 1.7, of 5 alone
  // (1 %) up to 2.
  const auto band = [&](std::size_t optimizer, double tau) {
    const auto at = std::ranges::upper_bound(compared.profile_taus, tau) - compared.profile_taus.begin();
    const interval& found = compared.profile[optimizer].bands.at(static_cast<std::size_t>(at - 1));
    return std::pair(found.lower, found.upper);
  };
  EXPECT_THAT(band(1, 1), Pair(0, 1));
  EXPECT_THAT(band(1, 1.65), Pair(0, 1));
  EXPECT_THAT(band(1, 1.95), Pair(1, 1));
  // adam is behind by 10 / 8 with k of 1 (26 %), by 10 / 5 with 0 (7.8 %).
  EXPECT_THAT(band(0, 1.95), Pair(0, 1));
  EXPECT_THAT(band(0, 2.05), Pair(1, 1));
  EXPECT_THAT(band(2, 2.3), Pair(0, 0)) << "who never meets the target has no share in any sample";
}

TEST(profile, has_a_band_of_95_percent) {
  std::vector<stored_trial> trials;
  for (std::uint64_t i = 0; i < 5; ++i) {
    trials.push_back(make({.optimizer = "adam", .repetition = i, .target_steps = 10}));
    trials.push_back(make({.optimizer = "sgd", .repetition = i, .target_steps = i == 0 ? 10 : 20}));
    trials.push_back(make({.optimizer = "nag", .repetition = i, .target_steps = i == 0 ? 20 : 10}));
  }
  const comparison compared = compare(trials);
  ASSERT_EQ(compared.profile.size(), 3U);
  const auto band = [&](std::size_t optimizer, double tau) {
    const auto at = std::ranges::upper_bound(compared.profile_taus, tau) - compared.profile_taus.begin();
    const interval& found = compared.profile[optimizer].bands.at(static_cast<std::size_t>(at - 1));
    return std::pair(found.lower, found.upper);
  };
  // Five draws find sgd's fast trial k times with the binomial chances of 1/5, and cost 20 - 2 k steps then:
  // within 1.5 of adam's 10 for k of 3 or more (5.8 %), within 1.3 for 4 or more (.7 %). nag is its mirror.
  EXPECT_THAT(band(1, 1.3), Pair(0, 0));
  EXPECT_THAT(band(1, 1.5), Pair(0, 1));
  EXPECT_THAT(band(2, 1.5), Pair(0, 1));
  EXPECT_THAT(band(2, 1.7), Pair(1, 1));
}

}  // namespace
}  // namespace ravine
