#include "program.hpp"
#include "results.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// ravine lr-find: a range test of each optimizer of a manifest.
namespace {

using namespace ravine::testing;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto two_problems = R"(name: rates
problems:
  - use: booth
  - {use: softmax, data: {use: digits, with: {train: 200, validation: 20, test: 20}}}
optimizers: [{use: sgd, with: {lr: {grid: [0.1, 0.2]}}}, {use: adam}]
)";

TEST(lr_find, suggests_a_rate_for_each_optimizer_on_each_problem) {
  const work_folder folder;
  folder.write("rates.yaml", two_problems);
  const outcome done = run_ravine(folder, {"lr-find", "rates.yaml", "--to", "100"}, {{"NO_COLOR", "1"}});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out,
              StartsWith("problem  optimizer  suggested lr  steepest fall  minimum / 10  diverges at\n"));
  for (const char* line : {"\nbooth    sgd ", "\nbooth    adam ", "\nsoftmax  sgd ", "\nsoftmax  adam "})
    EXPECT_THAT(done.out, HasSubstr(line));
  EXPECT_THAT(done.out, HasSubstr("\nbooth · sgd: smoothed loss by lr, from 1e-07 to "));
  EXPECT_THAT(done.out, HasSubstr("*")) << "a plot";
  EXPECT_THAT(done.err, HasSubstr("softmax · adam: 200 steps, and up to 8 trainings\n"));
  EXPECT_EQ(number_of(folder / "rates.db", "SELECT count(DISTINCT problem || optimizer) FROM range_curves"),
            4);
}

TEST(lr_find, a_plugin_that_crashes_or_hangs_costs_its_own_test) {
  const work_folder folder;
  std::filesystem::copy_file(std::filesystem::path(RAVINE_TEST_OBJECT_DIR) / "hostile.so",
                             folder / "hostile.so");
  folder.write("rates.yaml", R"(name: rates
problems: [{use: booth}]
limits: {seconds: 2}
optimizers:
  - {use: hostile, label: crashing, with: {fault: segfault}}
  - {use: hostile, label: leaving, with: {fault: exit}}
  - {use: hostile, label: endless, with: {fault: loop}}
  - {use: sgd}
)");
  const outcome done = run_ravine(folder, {"lr-find", "rates.yaml", "--to", "100", "--plugins", "."});
  EXPECT_EQ(done.status, 1) << done.err;
  EXPECT_THAT(done.out, HasSubstr("crashed: SIGSEGV"));
  EXPECT_THAT(done.out, HasSubstr("a plugin called exit(0)"));
  EXPECT_THAT(done.out, HasSubstr("took longer than 2 s"));
  EXPECT_EQ(number_of(folder / "rates.db", "SELECT count(*) FROM range_tests WHERE fault != ''"), 3);
  EXPECT_EQ(number_of(folder / "rates.db", "SELECT suggestion > 0 FROM range_tests WHERE fault = ''"), 1);
}

TEST(lr_find, gives_every_point_as_csv_and_json) {
  const work_folder folder;
  folder.write("rates.yaml", two_problems);
  const outcome csv = run_ravine(folder, {"lr-find", "rates.yaml", "--steps", "20", "--format", "csv"});
  EXPECT_EQ(csv.status, 0) << csv.err;
  EXPECT_THAT(csv.out, StartsWith("problem,optimizer,step,lr,loss,smoothed,steepest\nbooth,sgd,1,1e-07,"));
  const outcome json = run_ravine(folder, {"lr-find", "rates.yaml", "--steps", "20", "--format", "json"});
  EXPECT_EQ(json.status, 0) << json.err;
  EXPECT_THAT(json.out, StartsWith("[\n"));
  const auto all = nlohmann::json::parse(json.out);
  ASSERT_EQ(all.size(), 4U);
  for (const auto& each : all) {
    for (const char* key : {"suggestion", "steepest", "tenth_of_minimum", "diverged_at", "refusal", "fault"})
      EXPECT_TRUE(each.contains(key)) << key;
    EXPECT_EQ(each.at("suggestion").is_null(), each.at("tries").empty()) << each.at("refusal");
    EXPECT_EQ(each.at("suggestion").is_null(), each.at("refusal") != "");
  }
}

TEST(lr_find, labels_the_axis_with_rates) {
  const work_folder folder;
  folder.write("rates.yaml", "name: rates\nproblems: [{use: booth}]\noptimizers: [{use: adam}]\n");
  const outcome done = run_ravine(folder, {"lr-find", "rates.yaml", "--to", "10"}, {{"NO_COLOR", "1"}});
  EXPECT_THAT(done.out, ContainsRegex("\n *1e-07 +0\\.00[0-9]+ +[0-9.]+\n"));
}

TEST(lr_find, says_why_there_is_no_suggestion) {
  const work_folder folder;
  folder.write("rates.yaml", "name: rates\nproblems: [{use: booth}]\noptimizers: [{use: adam}]\n");
  const outcome done = run_ravine(folder, {"lr-find", "rates.yaml", "--from", "0.3", "--to", "100"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(
      done.out,
      HasSubstr("- adam on booth: the loss falls fastest at the first rate, 0.3: begin the range lower"));
  EXPECT_EQ(number_of(folder / "rates.db", "SELECT count(*) FROM range_tests WHERE suggestion IS NULL"), 1);
}

TEST(lr_find, refuses_a_range_that_is_none) {
  const work_folder folder;
  folder.write("rates.yaml", two_problems);
  const auto told = [&](const std::vector<std::string>& options) {
    std::vector<std::string> words{"lr-find", "rates.yaml"};
    words.insert(words.end(), options.begin(), options.end());
    const outcome done = run_ravine(folder, words);
    EXPECT_EQ(done.status, 2);
    EXPECT_THAT(done.out, IsEmpty());
    return done.err;
  };
  EXPECT_THAT(told({"--from", "0"}), HasSubstr("--from: found 0, expected a number above 0"));
  EXPECT_THAT(told({"--from", "1", "--to", "0.5"}), HasSubstr("expected a number above --from, 1"));
  EXPECT_THAT(told({"--steps", "1"}), HasSubstr("--steps: found 1, expected 2 to"));
  EXPECT_THAT(told({"--smoothing", "1"}), HasSubstr("--smoothing: found 1"));
  EXPECT_THAT(told({"--tries", "101"}), HasSubstr("--tries: found 101, expected 0 to 100"));
  EXPECT_THAT(told({"--format", "xml"}), HasSubstr("--format: found xml, expected table, csv or json"));
  EXPECT_THAT(run_ravine(folder, {"lr-find"}).err, HasSubstr("found 0 manifests, expected one"));
}

}  // namespace
