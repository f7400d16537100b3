#include "compare/comparison.hpp"
#include "unit/compare/compare_support.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::infinity;
using ::testing::IsEmpty;
using testing::made_at;
using testing::make;
using ::testing::Not;

TEST(warnings, tell_of_searches_that_are_unequal_or_end_at_an_edge) {
  const auto found =
      compare({made_at(0.1, 1), made_at(0.01, 2), make({.optimizer = "sgd"})}).problems[0].warnings;
  EXPECT_THAT(found, Contains(HasSubstr("unequal search sizes: adam 2, sgd 1")));
  EXPECT_THAT(found, Contains("adam: the best lr, 0.1, is at the edge of the 2 values that were tried"));
  EXPECT_THAT(found, Contains("1 repetition: fewer than 5 say little about spread"));
  const auto inside = compare({made_at(0.1, 2), made_at(0.01, 1), made_at(0.001, 2)}).problems[0].warnings;
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
  const auto expect_no_edge = [](const std::vector<stored_trial>& trials, const std::string& metric) {
    const problem_summary problem = compare(trials).problems[0];
    EXPECT_THAT(problem.sensitivities, Not(IsEmpty()));
    EXPECT_THAT(problem.sensitivities, Contains(Field(&sensitivity_summary::metric, metric)));
    for (const char* told : {"at the edge of", "in the outer"})
      EXPECT_THAT(problem.warnings, Not(Contains(HasSubstr(told))));
  };
  expect_no_edge({made_at(0.1, infinity), made_at(0.01, infinity), made_at(0.001, infinity)}, "loss");
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

}  // namespace
}  // namespace ravine
