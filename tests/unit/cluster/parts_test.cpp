#include "cluster/array_files.hpp"
#include "cluster/part_cost.hpp"
#include "core/error.hpp"
#include "store/provenance.hpp"
#include "unit/store/merge_support.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ravine {
namespace {

using namespace testing;
namespace fs = std::filesystem;

planned_trial hashed(const std::string& optimizer, std::uint64_t repetition, double steps = 100) {
  planned_trial trial = trial_named(optimizer, repetition);
  trial.spec.optimizer.optimizer.with["lr"] = static_cast<double>(optimizer.size());
  trial.spec.train.budget = {steps, cost_unit::steps};
  trial.hash = content_hash(trial.spec);
  return trial;
}

trial_list two_costs() {
  trial_list trials;
  trials.push_repetitions(hashed("adam", 0, 300), 10);
  trials.push_repetitions(hashed("sgd", 5, 100), 30);
  return trials;
}

std::vector<std::string> hashes_of(const trial_list& trials) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < trials.size(); ++i) all.push_back(trials.hash(i));
  return all;
}

TEST(part_cost, parts_cost_the_same_and_hold_each_trial_once) {
  const trial_list trials = two_costs();
  const expected_costs costs = costs_of(trials, {});
  EXPECT_FALSE(costs.are_seconds);
  EXPECT_EQ(costs.total(), 10 * 300 + 30 * 100);
  const std::vector<trial_list> parts = cut(trials, costs, 6);
  std::vector<std::string> all;
  for (const trial_list& part : parts) {
    EXPECT_NEAR(costs_of(part, {}).total(), 1000, 300);
    std::ranges::copy(hashes_of(part), std::back_inserter(all));
  }
  EXPECT_EQ(parts.size(), 6U);
  EXPECT_EQ(all, hashes_of(trials));
  EXPECT_EQ(cut(trials, costs, 1).size(), 1U);
  EXPECT_EQ(cut(trials, costs, 40).size(), 40U) << "a part for each, though some cost three times as much";
  EXPECT_TRUE(cut({}, {}, 3).empty());
}

TEST(part_cost, measured_seconds_count_more_than_steps) {
  // 2 s for 100 steps of sgd; adam's are ten times as fast.
  const expected_costs costs =
      costs_of(two_costs(), {{"valley", "adam", {1000, 0, 0, 1, 1}}, {"valley", "sgd", {1000, 0, 0, 19, 1}}});
  EXPECT_TRUE(costs.are_seconds);
  EXPECT_DOUBLE_EQ(costs.of_trials.front(), 0.6);
  EXPECT_DOUBLE_EQ(costs.of_trials.back(), 2);
}

struct array_files_test : results_file_test {
  array_files files{folder.path(), "0001-5f3a9c21"};
  std::string build = current_provenance(1).build_sha256;
};

TEST_F(array_files_test, a_task_reads_its_part_as_it_was_written) {
  const std::vector<trial_list> parts = cut(two_costs(), costs_of(two_costs(), {}), 7);
  write_trials(files.trials(), {"sweep", build, parts});
  EXPECT_EQ(read_head(files.trials()).experiment, "sweep");
  EXPECT_EQ(read_head(files.trials()).parts, 7U);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const trial_list read = read_part(files.trials(), i + 1);
    ASSERT_EQ(hashes_of(read), hashes_of(parts[i]));
    EXPECT_EQ(read[0].spec.optimizer.label, parts[i][0].spec.optimizer.label);
    EXPECT_EQ(read[0].spec.optimizer.optimizer.plugin_sha256, "optimizer hash");
  }
  EXPECT_EQ(read_trials(files.trials()).parts.size(), 7U);
  EXPECT_LT(fs::file_size(files.trials()), 7 * 2000U) << "repetitions take no room";
}

TEST_F(array_files_test, other_builds_and_damage_are_told) {
  write_trials(files.trials(), {"sweep", "another", {two_costs()}});
  EXPECT_EQ(read_head(files.trials()).parts, 1U);
  EXPECT_THAT([&] { read_part(files.trials(), 1); },
              ::testing::ThrowsMessage<error>(::testing::HasSubstr("another build of ravine wrote it")));
  write_trials(files.trials(), {"sweep", build, {two_costs()}});
  EXPECT_THROW(read_part(files.trials(), 2), error);
  fs::resize_file(files.trials(), fs::file_size(files.trials()) - 1);
  EXPECT_THAT([&] { read_part(files.trials(), 1); },
              ::testing::ThrowsMessage<error>(::testing::HasSubstr("it ends too early")));
  write_text(files.trials(), "something else");
  EXPECT_THROW(read_head(files.trials()), error);
}

TEST_F(array_files_test, a_refusal_says_where_and_why) {
  write_refusal(files.refusal(3), {"n2", "another file\nthan that"});
  EXPECT_EQ(files.refusal(3).filename(), "0001-5f3a9c21-3.refused");
  const refused_part read = read_refusal(files.refusal(3));
  EXPECT_EQ(read.node, "n2");
  EXPECT_EQ(read.reason, "another file\nthan that");
}

TEST_F(array_files_test, what_can_not_be_written_leaves_nothing) {
  EXPECT_THROW(write_text(folder.path() / "no-folder" / "a.job", "7"), error);
  EXPECT_THROW(publish(folder.path() / "absent", folder.path() / "a.db"), error);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace ravine
