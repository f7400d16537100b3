#include "program.hpp"
#include "results.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// An experiment in parts, and its results in one file again.
namespace {

using namespace ravine::testing;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

constexpr auto plain = R"(name: plain
repetitions: 3
problems:
  - {use: rosenbrock, noise: 0.1, train: {steps: 300}, evaluate: {every: {steps: 50}}}
  - {use: mlp, with: {hidden: [8]}, data: {use: digits, with: {train: 200, validation: 50, test: 50}}, train: {epochs: 2}}
evaluate: {target: {gap: 1, validation_accuracy: 0.5}}
optimizers: [{use: sgd, with: {lr: {grid: [1e-3, 1e-4]}}}, {use: adam, with: {lr: 1e-2}}]
)";

constexpr auto halving = R"(name: tuned
repetitions: 2
problems:
  - {use: booth, instance: {shift: true}, train: {steps: 90}}
  - {use: mlp, with: {hidden: [8]}, data: {use: digits, with: {train: 200, validation: 50, test: 50}}, train: {epochs: 3}}
optimizers:
  - {use: sgd, with: {lr: {log_uniform: [1e-4, 1e-1]}}}
  - {use: momentum, with: {lr: {log_uniform: [1e-4, 1e-1]}}}
  - {use: adam, with: {lr: {log_uniform: [1e-3, 1]}}}
tuning: {method: random, trials: 9, repetitions: 2, finalists: 2, stop_early: {factor: 3, rungs: 1}}
)";

/// What the experiments consist of, place by place.
std::vector<std::string> planned_in(const fs::path& file) {
  return rows_of(
      file,
      "SELECT e.name, e.manifest, e.seed, e.repetitions, p.position, p.hash, p.problem, p.optimizer, "
      "p.point, p.repetition, p.role, p.shares, p.easier_targets "
      "FROM planned p JOIN experiments e ON e.id = p.experiment_id ORDER BY e.name, p.position");
}

std::string part_file(int part) { return fmt::format("part{}.db", part); }

outcome run_part(const work_folder& folder, const std::string& manifest, int part, int of) {
  return run_ravine(folder, {"run", manifest, "--jobs", "1", "--part", fmt::format("{}/{}", part, of),
                             "--out", part_file(part)});
}

outcome merge_parts(const work_folder& folder, const std::vector<int>& parts,
                    const std::string& into = "all.db") {
  std::vector<std::string> command{"merge", "-o", into};
  for (const int part : parts) command.push_back(part_file(part));
  return run_ravine(folder, command);
}

void expect_as_one_run(const std::string& name, const std::string& text, int parts) {
  const work_folder folder;
  folder.write(name + ".yaml", text);
  ASSERT_EQ(run_ravine(folder, {"run", name + ".yaml"}).status, 0);
  std::vector<int> all;
  for (int i = parts; i >= 1; --i) {
    const outcome done = run_part(folder, name + ".yaml", i, parts);
    ASSERT_EQ(done.status, 0) << done.err;
    all.push_back(i);
  }
  const outcome merged = merge_parts(folder, all);
  ASSERT_EQ(merged.status, 0) << merged.err;
  EXPECT_EQ(merged.err, "");
  EXPECT_EQ(computed_in(folder / "all.db"), computed_in(folder / (name + ".db")));
  EXPECT_EQ(planned_in(folder / "all.db"), planned_in(folder / (name + ".db")));
  const outcome again = run_ravine(folder, {"run", name + ".yaml", "--out", "all.db"});
  EXPECT_THAT(again.err, AllOf(HasSubstr("trials are in all.db already"), Not(HasSubstr("to run"))));
}

TEST(merge, parts_give_what_one_run_gives) { expect_as_one_run("plain", plain, 4); }

TEST(merge, parts_that_tune_with_halving_give_what_one_run_gives) { expect_as_one_run("tuned", halving, 4); }

TEST(merge, of_more_parts_than_there_is_to_share_out_some_are_empty) {
  expect_as_one_run("tuned", halving, 8);
}

TEST(merge, a_part_has_a_file_of_its_own_unless_another_is_named) {
  const work_folder folder;
  folder.write("plain.yaml", plain);
  const outcome done = run_ravine(folder, {"run", "plain.yaml", "--part", "2/3"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("plain: part 2 of 3 has 6 of 18 trials\n"));
  EXPECT_TRUE(fs::exists(folder / "plain-2-of-3.db"));
  EXPECT_THAT(run_ravine(folder, {"run", "plain.yaml", "--part", "2/3"}).err,
              HasSubstr("plain: all 6 trials are in plain-2-of-3.db already\n"));
  EXPECT_THAT(run_ravine(folder, {"run", "plain.yaml", "--part", "1/3", "--dry-run"}).out,
              HasSubstr("6 of 6 trials still to be run into plain-1-of-3.db\n"));
}

TEST(merge, a_part_that_is_none_is_a_mistake) {
  const work_folder folder;
  folder.write("plain.yaml", plain);
  for (const char* part : {"0/3", "4/3", "1", "/", "1/", "a/b", "-1/3", "1/3x", "1/99999999999999999999"}) {
    const outcome done = run_ravine(folder, {"run", "plain.yaml", std::string("--part=") + part});
    EXPECT_EQ(done.status, 2) << part;
    EXPECT_THAT(done.err, HasSubstr(fmt::format("--part: found {}, expected I/N", part)));
  }
}

TEST(merge, a_part_that_is_killed_goes_on_when_it_is_run_again) {
  const work_folder folder;
  folder.write("plain.yaml", plain);
  ASSERT_EQ(run_ravine(folder, {"run", "plain.yaml"}).status, 0);
  ASSERT_EQ(run_part(folder, "plain.yaml", 1, 2).status, 0);
  {
    program running(folder, {"run", "plain.yaml", "--jobs", "1", "--part", "2/2", "--out", part_file(2)});
    ASSERT_TRUE(running.says("[2/9]"));
    running.send(SIGKILL);
    ASSERT_EQ(running.finish().status, -SIGKILL);
  }
  const outcome early = merge_parts(folder, {1, 2});
  EXPECT_EQ(early.status, 0);
  EXPECT_THAT(early.err, HasSubstr("of 18 trials have no result yet; run the parts again that lack some, or "
                                   "ravine run MANIFEST --out all.db for all of them\n"));
  ASSERT_EQ(run_part(folder, "plain.yaml", 2, 2).status, 0);
  EXPECT_EQ(merge_parts(folder, {1, 2}).err, "");
  EXPECT_EQ(computed_in(folder / "all.db"), computed_in(folder / "plain.db"));
  EXPECT_EQ(planned_in(folder / "all.db"), planned_in(folder / "plain.db"));
}

TEST(merge, says_what_a_missing_part_leaves_to_do_and_run_does_it) {
  const work_folder folder;
  folder.write("tuned.yaml", halving);
  ASSERT_EQ(run_ravine(folder, {"run", "tuned.yaml"}).status, 0);
  for (const int part : {1, 2, 3}) ASSERT_EQ(run_part(folder, "tuned.yaml", part, 3).status, 0);
  const outcome missing = merge_parts(folder, {1, 3});
  EXPECT_EQ(missing.status, 0);
  EXPECT_THAT(missing.err, HasSubstr("trials have no result yet"));
  EXPECT_THAT(run_ravine(folder, {"compare", "all.db"}).out, HasSubstr("tuned"));
  ASSERT_EQ(run_ravine(folder, {"run", "tuned.yaml", "--out", "all.db"}).status, 0);
  EXPECT_EQ(computed_in(folder / "all.db"), computed_in(folder / "tuned.db"));
  EXPECT_EQ(planned_in(folder / "all.db"), planned_in(folder / "tuned.db"));
}

TEST(merge, leaves_a_torn_part_out_by_name_and_takes_the_rest) {
  const work_folder folder;
  folder.write("plain.yaml", plain);
  for (const int part : {1, 2}) ASSERT_EQ(run_part(folder, "plain.yaml", part, 2).status, 0);
  fs::copy(folder / "part2.db", folder / "whole.db");
  fs::resize_file(folder / "part2.db", fs::file_size(folder / "part2.db") / 2);
  const outcome torn = merge_parts(folder, {1, 2, 3});
  EXPECT_EQ(torn.status, 1);
  EXPECT_THAT(torn.err, HasSubstr("left out: part2.db: the file is damaged: "));
  EXPECT_THAT(torn.err, HasSubstr("left out: part3.db: there is no such file\n"));
  EXPECT_EQ(torn.out, "all.db: 9 trials in 1 file: 9 added\n");
  const outcome later = run_ravine(folder, {"merge", "whole.db", "-o", "all.db"});
  EXPECT_EQ(later.status, 0) << later.err;
  EXPECT_EQ(later.out, "all.db: 9 trials in 1 file: 9 added\n");
  EXPECT_EQ(number_of(folder / "all.db", "SELECT count(*) FROM results"), 18);
}

TEST(merge, makes_no_file_of_nothing) {
  const work_folder folder;
  const outcome done = run_ravine(folder, {"merge", "a.db", "b.db", "-o", "all.db"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("left out: a.db: there is no such file\n"));
  EXPECT_THAT(done.err, HasSubstr("all.db: nothing was merged\n"));
  EXPECT_FALSE(fs::exists(folder / "all.db"));
  EXPECT_EQ(run_ravine(folder, {"merge", "a.db"}).status, 2);
  EXPECT_EQ(run_ravine(folder, {"merge", "-o", "all.db"}).status, 2);
}

TEST(merge, the_output_may_be_one_of_the_files) {
  const work_folder folder;
  folder.write("plain.yaml", plain);
  for (const int part : {1, 2}) ASSERT_EQ(run_part(folder, "plain.yaml", part, 2).status, 0);
  const outcome done = merge_parts(folder, {1, 2}, "part1.db");
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(done.out, "part1.db: 9 trials in 1 file: 9 added\n");
  EXPECT_EQ(number_of(folder / "part1.db", "SELECT count(*) FROM results"), 18);
}

TEST(merge, tells_of_different_results_by_name_and_by_its_exit_status) {
  const work_folder folder;
  folder.write("plain.yaml", plain);
  ASSERT_EQ(run_part(folder, "plain.yaml", 1, 2).status, 0);
  fs::copy(folder / "part1.db", folder / "part2.db");
  execute_in(folder / "part2.db", "UPDATE trials SET steps = steps + 1 WHERE id < 3");
  const outcome done = merge_parts(folder, {1, 2});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("part2.db: 2 trials have another result than in an earlier file, which is "
                                  "kept (rosenbrock, "));
  EXPECT_EQ(computed_in(folder / "all.db"), computed_in(folder / "part1.db"));
}

}  // namespace
