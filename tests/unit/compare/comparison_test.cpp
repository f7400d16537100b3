#include "compare/comparison.hpp"

#include "compare/comparison_json.hpp"
#include "compare/unfinished.hpp"
#include "unit/compare/compare_support.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using ::testing::Contains;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::infinity;
using testing::made_trial;
using testing::make;
using ::testing::Not;

TEST(comparison, summarizes_the_final_values_of_the_repetitions) {
  const comparison compared = compare({make({.repetition = 2, .final_metrics = {{"loss", 6}}}),
                                       make({.repetition = 0, .final_metrics = {{"loss", 1}}}),
                                       make({.repetition = 1, .final_metrics = {{"loss", 2}}})});
  ASSERT_EQ(compared.problems.size(), 1U);
  const problem_summary& problem = compared.problems[0];
  EXPECT_EQ(problem.problem, "beale");
  EXPECT_THAT(problem.metrics, ElementsAre("loss"));
  ASSERT_EQ(problem.configurations.size(), 1U);
  const configuration_summary& line = problem.configurations[0];
  EXPECT_EQ(line.repetitions, 3U);
  EXPECT_THAT(line.scores[0].values, ElementsAre(1, 2, 6));
  EXPECT_EQ(line.scores[0].median, 2);
  EXPECT_EQ(line.scores[0].mean, 3);
  EXPECT_THAT(line.scores[0].standard_deviation, DoubleEq(std::sqrt(7.0)));
  EXPECT_EQ(line.state_bytes_per_parameter, 16);
  EXPECT_EQ(line.scratch_bytes_per_parameter, 4);
  EXPECT_EQ(line.seconds, 4);
  EXPECT_THAT(line.optimizer_seconds_per_step, DoubleEq(0.01));
}

TEST(comparison, counts_a_trial_that_did_not_succeed_as_the_worst) {
  const comparison compared =
      compare({make({.repetition = 0, .final_metrics = {{"loss", 1}, {"test_accuracy", 0.9}}}),
               make({.repetition = 1, .final_metrics = {{"loss", 1}, {"test_accuracy", 0.8}}}),
               make({.repetition = 2,
                     .final_metrics = {{"loss", 0.001}, {"test_accuracy", 0.99}},
                     .status = trial_status::diverged,
                     .reason = "the loss is inf at step 7"})});
  const configuration_summary& line = compared.problems[0].configurations[0];
  EXPECT_EQ(compared.problems[0].metrics[0], "test_accuracy");
  EXPECT_THAT(line.scores[0].values, ElementsAre(0.9, 0.8, 0));
  EXPECT_THAT(line.scores[1].values, ElementsAre(1, 1, infinity));
  EXPECT_EQ(line.scores[1].median, 1);
  EXPECT_EQ(line.scores[1].mean, infinity);
  EXPECT_EQ(line.repetitions, 3U);
  EXPECT_EQ(line.statuses.at(trial_status::diverged), 1U);
  ASSERT_EQ(line.failures.size(), 1U);
  EXPECT_EQ(line.failures[0].repetition, 2U);
  EXPECT_EQ(line.failures[0].reason, "the loss is inf at step 7");
}

TEST(comparison, counts_a_missing_or_undefined_final_value_as_the_worst) {
  const comparison compared = compare({make({.repetition = 0, .final_metrics = {{"loss", std::nan("")}}}),
                                       make({.repetition = 1, .final_metrics = {{"train_loss", 1}}})});
  const problem_summary& problem = compared.problems[0];
  EXPECT_THAT(problem.metrics, ElementsAre("train_loss", "loss"));
  EXPECT_THAT(problem.configurations[0].scores[1].values, ElementsAre(infinity, infinity));
}

TEST(comparison, names_a_plugin_that_was_rebuilt_between_results) {
  const auto warnings = [](const std::string& digest) {
    return compare({make({.repetition = 0, .plugin_sha256 = "aaaaaaaaaaaa"}),
                    make({.optimizer = "sgd", .plugin_sha256 = "cccccccccccc"}),
                    make({.repetition = 1, .plugin_sha256 = digest})})
        .problems[0]
        .warnings;
  };
  EXPECT_THAT(
      warnings("bbbbbbbbbbbb"),
      Contains("adam was rebuilt between these results: builds aaaaaaaa, bbbbbbbb of its plugin are mixed"));
  EXPECT_THAT(warnings("aaaaaaaaaaaa"), Not(Contains(HasSubstr("rebuilt"))));
}

TEST(comparison, tells_a_rebuilt_scheduler_from_an_optimizer_of_its_name) {
  const auto trial = [](std::uint64_t repetition, const std::string& digest) {
    optimizer_spec inner;
    inner.optimizer = {"power", {{"lr", 0.1}}, "aaaaaaaaaaaa"};
    inner.schedules["lr"] = {{.scheduler = {"power", {}, digest}, .length = {}}};
    return make({.optimizer = "lookahead", .repetition = repetition, .inner = {inner}});
  };
  const auto warnings = [&](const std::string& digest) {
    return compare({trial(0, "bbbbbbbbbbbb"), trial(1, digest)}).problems[0].warnings;
  };
  EXPECT_THAT(warnings("bbbbbbbbbbbb"), Not(Contains(HasSubstr("rebuilt"))));
  EXPECT_THAT(warnings("cccccccccccc"),
              Contains("schedule power was rebuilt between these results: builds bbbbbbbb, cccccccc of its "
                       "plugin are mixed"));
}

TEST(comparison, tells_of_experiments_with_trials_that_have_no_result) {
  const std::vector<stored_experiment> experiments{{"whole", "", 1, 1, "", 3, 3},
                                                   {"cut", "", 1, 1, "", 40, 28}};
  comparison compared = compare({make({})});
  add_unfinished(compared, experiments);
  const nlohmann::json json = to_json(compared);
  EXPECT_EQ(json["unfinished"],
            nlohmann::json::parse(R"([{"experiment": "cut", "planned": 40, "missing": 12}])"));
  EXPECT_EQ(json["warnings"], nlohmann::json({"12 of 40 trials of cut without a result: ravine run with its "
                                              "manifest goes on"}));
}

TEST(comparison, leaves_an_interrupted_trial_out_and_says_so) {
  const comparison compared =
      compare({make({.repetition = 0}), make({.repetition = 1, .status = trial_status::interrupted})});
  const configuration_summary& line = compared.problems[0].configurations[0];
  EXPECT_EQ(line.repetitions, 1U);
  EXPECT_EQ(line.interrupted, 1U);
  EXPECT_EQ(line.scores[0].values.size(), 1U);
  EXPECT_EQ(line.times->trials, 1U);
}

TEST(comparison, measures_the_time_to_the_target) {
  const comparison compared = compare({make({.repetition = 0, .target_steps = 10}),
                                       make({.repetition = 1, .target_steps = 20}), make({.repetition = 2})});
  const time_to_target& times = *compared.problems[0].configurations[0].times;
  EXPECT_EQ(times.reached, 2U);
  EXPECT_EQ(times.trials, 3U);
  EXPECT_EQ(times.steps.median, 20);
  EXPECT_EQ(times.steps.expected, (10 + 20 + 100) / 2.0);
  EXPECT_EQ(times.evaluations.median, 40);
  EXPECT_THAT(times.seconds.expected, DoubleEq((0.4 + 0.8 + 4) / 2));
}

TEST(comparison, never_reaches_a_target_that_most_trials_miss) {
  const comparison compared = compare(
      {make({.repetition = 0, .target_steps = 10}), make({.repetition = 1}), make({.repetition = 2})});
  EXPECT_EQ(compared.problems[0].configurations[0].times->steps.median, infinity);
  EXPECT_EQ(compare({make({})}).problems[0].configurations[0].times->steps.expected, infinity);
}

TEST(comparison, chooses_search_points_by_validation_and_never_by_test) {
  const auto at = [](double lr, double validation, double test, std::uint64_t repetition = 0) {
    return make({.repetition = repetition,
                 .final_metrics = {{"validation_loss", validation}, {"test_accuracy", test}},
                 .point = {{"lr", lr}}});
  };
  const comparison compared = compare({at(0.1, 0.5, 0.99), at(0.2, 0.4, 0.90), at(0.3, 0.6, 0.98)});
  const problem_summary& problem = compared.problems[0];
  EXPECT_EQ(problem.selection_metric, "validation_loss");
  EXPECT_EQ(problem.configurations.size(), 3U);
  EXPECT_THAT(problem.chosen, ElementsAre(1));
  EXPECT_EQ(problem.configurations[1].name(), "adam lr=0.2");
  const comparison tuned = compare({at(0.1, 0.5, 0.99), at(0.2, 0.4, 0.9), at(0.1, 0.6, 0.99, 1)});
  EXPECT_THAT(tuned.problems[0].chosen, ElementsAre(0)) << "the one that was run with more repetitions";
}

TEST(comparison, keeps_what_different_experiments_mean_by_one_label_apart) {
  const comparison compared =
      compare({make({.experiment = "short"}), make({.experiment = "long", .budget = 1000}),
               make({.optimizer = "sgd", .experiment = "short"})});
  ASSERT_EQ(compared.problems.size(), 2U);
  EXPECT_EQ(compared.problems[0].problem, "beale (short)");
  EXPECT_EQ(compared.problems[0].configurations.size(), 2U);
  EXPECT_EQ(compared.problems[1].problem, "beale (long)");
}

TEST(comparison, keeps_problems_on_other_data_apart) {
  const settings files{{"train_images", std::string("i")}};
  const comparison compared = compare({make({.data = data_request{"idx", files, "1111111111"}}),
                                       make({.data = data_request{"idx", files, "2222222222"}}),
                                       make({.data = data_request{"idx", files}})});
  ASSERT_EQ(compared.problems.size(), 3U);
  EXPECT_EQ(compared.problems[0].problem, "beale (data 11111111)");
  EXPECT_EQ(compared.problems[1].problem, "beale (data 22222222)");
  EXPECT_EQ(compared.problems[2].problem, "beale (data unknown)");
}

TEST(comparison, names_the_experiment_where_more_than_the_data_differ) {
  const settings none;
  const comparison compared =
      compare({make({.experiment = "a", .data = data_request{"mnist", none, "1111111111"}}),
               make({.experiment = "b", .data = data_request{"digits", none, "2222222222"}})});
  ASSERT_EQ(compared.problems.size(), 2U);
  EXPECT_EQ(compared.problems[0].problem, "beale (a)");
  EXPECT_EQ(compared.problems[1].problem, "beale (b)");
}

TEST(comparison, takes_data_without_files_of_older_results_for_what_they_are_today) {
  const settings drawn{{"seed", std::int64_t{1}}};
  const comparison compared = compare({make({.data = data_request{"digits", drawn, "1111111111"}}),
                                       make({.data = data_request{"digits", drawn}}),
                                       make({.repetition = 1, .data = data_request{"digits", drawn}})});
  ASSERT_EQ(compared.problems.size(), 1U);
  EXPECT_EQ(compared.problems[0].problem, "beale");
  EXPECT_EQ(compared.problems[0].configurations[0].repetitions, 2U) << "the same trial is counted once";
}

TEST(comparison, keeps_builds_of_one_optimizer_apart) {
  const comparison experiments = compare({make({.experiment = "old", .plugin_sha256 = "1111111111"}),
                                          make({.experiment = "new", .plugin_sha256 = "2222222222"})});
  ASSERT_EQ(experiments.problems[0].configurations.size(), 2U);
  EXPECT_EQ(experiments.problems[0].configurations[0].optimizer, "adam (old)");
  EXPECT_EQ(experiments.problems[0].configurations[1].optimizer, "adam (new)");
  const comparison files =
      compare({make({.plugin_sha256 = "1111111111"}), make({.plugin_sha256 = "2222222222"})});
  ASSERT_EQ(files.problems[0].configurations.size(), 2U);
  EXPECT_EQ(files.problems[0].configurations[0].optimizer, "adam (11111111)");
  EXPECT_EQ(files.problems[0].configurations[1].optimizer, "adam (22222222)");
}

TEST(comparison, merges_repetitions_and_counts_the_same_trial_once) {
  const comparison compared = compare({make({.repetition = 0}), make({.repetition = 0, .experiment = "copy"}),
                                       make({.repetition = 0, .experiment = "more", .seed = 2})});
  ASSERT_EQ(compared.problems[0].configurations.size(), 1U);
  EXPECT_EQ(compared.problems[0].configurations[0].repetitions, 2U);
}

TEST(comparison, names_a_stored_trial_that_can_not_be_read) {
  stored_trial broken = make({});
  broken.id = 12;
  const std::string whole = broken.spec;
  std::vector<std::string> specs{"{", "[]", "{}"};
  // What is read of it lacks, or has another type.
  for (const char* part : {R"("problem":)", R"("model":)", R"("use":)", R"("with":)", R"("plugin_sha256":)",
                           R"("train":)", R"("evaluate":)", R"("seed":)", R"("repetition":)"}) {
    std::string& without = specs.emplace_back(whole);
    without.insert(without.find(part) + 1, "no_");
    std::string& other = specs.emplace_back(whole);
    other.insert(other.find(part) + std::string_view(part).size(), R"(null,"it_was":)");
  }
  for (const std::string& spec : specs) {
    broken.spec = spec;
    try {
      compare({broken});
      // The first use, with and plugin_sha256 in the text are the optimizer's, which may be built in.
      EXPECT_THAT(spec, HasSubstr(R"("no_plugin_sha256")")) << "a broken specification was taken";
    } catch (const error& problem) {
      EXPECT_THAT(problem.what(), HasSubstr("the stored trial 12 has a specification that can't be read"))
          << spec;
    }
  }
}

TEST(comparison, writes_infinity_and_nan_into_json_apart_from_what_is_not_there) {
  const auto json = to_json(compare({make({.status = trial_status::failed, .reason = "why"})}));
  const auto read = nlohmann::json::parse(json.dump()).at("problems").at(0).at("configurations").at(0);
  EXPECT_EQ(read.at("scores").at("loss").at("median"), "inf");
  EXPECT_EQ(read.at("scores").at("loss").at("values"), nlohmann::json({"inf"}));
  EXPECT_EQ(read.at("scores").at("loss").at("standard_deviation"), "nan") << "one value has none";
  EXPECT_EQ(read.at("time_to_target").at("steps").at("expected"), "inf");
  EXPECT_EQ(read.at("statuses").at("failed"), 1);
  EXPECT_EQ(read.at("failures").at(0).at("reason"), "why");
  stored_trial aimless = make({});
  aimless.target_metric = "";
  const auto without = to_json(compare({aimless})).at("problems").at(0);
  EXPECT_TRUE(without.at("target").is_null());
  EXPECT_TRUE(without.at("configurations").at(0).at("time_to_target").is_null());
}

TEST(comparison, writes_infinite_differences_with_their_sign) {
  const auto failing = [](const char* optimizer, trial_status status) {
    return make({.optimizer = optimizer, .status = status});
  };
  const auto lost = [&](trial_status ours, trial_status theirs) {
    const auto json = to_json(compare({failing("adam", ours), failing("sgd", theirs)}, "sgd"));
    return json.at("problems").at(0).at("paired").at(0).at("differences").at(0);
  };
  EXPECT_EQ(lost(trial_status::failed, trial_status::completed), "inf");
  EXPECT_EQ(lost(trial_status::completed, trial_status::failed), "-inf");
  EXPECT_EQ(lost(trial_status::failed, trial_status::failed), 0);
}

}  // namespace
}  // namespace ravine
