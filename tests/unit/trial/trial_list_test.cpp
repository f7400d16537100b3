#include "trial/trial_list.hpp"

#include "trial/plan.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// A list of trials answers as a vector of them would, and holds what repetitions share once.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

planned_trial trial_named(const std::string& optimizer, std::uint64_t repetition = 0) {
  planned_trial trial;
  trial.spec.problem.label = "bowl";
  trial.spec.optimizer.label = optimizer;
  trial.spec.optimizer.optimizer = {optimizer, {{"repetition", 0.5}}, "\"repetition\":7"};
  trial.spec.repetition = repetition;
  trial.hash = content_hash(trial.spec);
  return trial;
}

std::vector<std::string> names(const trial_list& trials) {
  std::vector<std::string> all;
  for (const planned_trial& each : trials) {
    all.push_back(each.spec.optimizer.label + ' ' + std::to_string(each.spec.repetition));
    EXPECT_EQ(each.hash, content_hash(each.spec)) << all.back();
  }
  return all;
}

TEST(trial_list, begins_empty) {
  const trial_list none;
  EXPECT_TRUE(none.empty());
  EXPECT_THAT(names(none), IsEmpty());
  EXPECT_THAT(none.slice(0, 10), IsEmpty());
  EXPECT_THROW(none.at(0), std::out_of_range);
}

TEST(trial_list, answers_each_repetition_with_its_hash) {
  trial_list trials;
  trials.push_back(trial_named("adam"));
  trials.push_repetitions(trial_named("sgd", 4), 3);
  trials.push_repetitions(trial_named("nothing"), 0);
  trials.push_back(trial_named("nag"));
  EXPECT_EQ(trials.size(), 5U);
  EXPECT_THAT(names(trials), ElementsAre("adam 0", "sgd 4", "sgd 5", "sgd 6", "nag 0"));
  EXPECT_EQ(trials.front().spec.optimizer.label, "adam");
  EXPECT_EQ(trials.back().spec.optimizer.label, "nag");
  EXPECT_EQ(trials.repetition(3), 6U);
  EXPECT_EQ(trials.hash(3), trial_named("sgd", 6).hash);
  EXPECT_EQ(trials.at(4).hash, trials[4].hash);
  EXPECT_THROW(trials.at(5), std::out_of_range);
}

// Names, values and digests may look like the number of the repetition in the text that is hashed.
TEST(repetition_hashes, are_those_of_the_whole_content) {
  trial_spec spec = trial_named("adam").spec;
  spec.threads = 2;
  spec.train.clip.norm = 1;
  const repetition_hashes hashes(spec);
  for (const std::uint64_t repetition : {std::uint64_t{0}, std::uint64_t{17}, search_repetition}) {
    spec.repetition = repetition;
    EXPECT_EQ(hashes.of(repetition), content_hash(spec));
  }
}

TEST(trial_list, holds_repetitions_once) {
  trial_list trials;
  trials.push_repetitions(trial_named("sgd"), 1'000'000);
  trials.push_back(trial_named("adam"));
  const trial_list copy = trials;
  EXPECT_EQ(&trials.configuration(0), &copy.configuration(999'999));
  EXPECT_NE(&trials.configuration(0), &trials.configuration(1'000'000));
  EXPECT_EQ(trials.configurations().size(), 2U);
  EXPECT_EQ(trials.configurations()[1].spec.optimizer.label, "adam");
  EXPECT_EQ(copy[999'999].hash, trial_named("sgd", 999'999).hash);
}

TEST(trial_list, takes_over_some_trials_of_another) {
  trial_list all;
  all.push_repetitions(trial_named("sgd"), 6);
  all.push_back(trial_named("adam"));
  trial_list some;
  for (const std::size_t i : {1U, 2U, 4U, 6U}) some.append(all, i);
  EXPECT_THAT(names(some), ElementsAre("sgd 1", "sgd 2", "sgd 4", "adam 0"));
  EXPECT_EQ(&some.configuration(2), &all.configuration(0));
  EXPECT_EQ(some.configurations().size(), 2U);
  some.append(all, 0);
  EXPECT_THAT(names(some), ElementsAre("sgd 1", "sgd 2", "sgd 4", "adam 0", "sgd 0"));
}

TEST(trial_list, is_written_out_by_slices) {
  trial_list trials;
  trials.push_repetitions(trial_named("sgd"), 5);
  EXPECT_THAT(names(trials.slice(1, 2)), ElementsAre("sgd 1", "sgd 2"));
  EXPECT_THAT(names(trials.slice(4, 9)), ElementsAre("sgd 4"));
  EXPECT_THAT(names(trials.slice(0, SIZE_MAX)), ::testing::SizeIs(5));
}

TEST(trial_list, gets_digests_of_data_and_other_hashes) {
  planned_trial on_data = trial_named("sgd");
  on_data.spec.problem.data = data_request{"idx", {}};
  on_data.hash = content_hash(on_data.spec);
  trial_list trials;
  trials.push_repetitions(on_data, 3);
  trials.push_back(trial_named("adam"));
  const trial_list before = trials;
  trials.set_data_digests([](const data_request& each) { return "digest of " + each.use; });
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(trials[i].spec.problem.data->sha256, "digest of idx");
    EXPECT_EQ(trials.hash(i), content_hash(trials[i].spec));
    EXPECT_EQ(trials[i].hash, trials.hash(i));
    EXPECT_NE(trials.hash(i), before.hash(i));
    EXPECT_EQ(trials.repetition(i), i);
  }
  EXPECT_EQ(trials.hash(3), before.hash(3)) << "a landscape has none";
  trials.set_data_digests([](const data_request&) { return std::string(); });
  EXPECT_EQ(trials.hash(2), before.hash(2)) << "as before data had digests";
}

TEST(trial_list, gets_other_limits_without_other_hashes) {
  trial_list trials;
  trials.push_repetitions(trial_named("sgd"), 3);
  const trial_list before = trials;
  trials.set_limits({.seconds = 5});
  EXPECT_EQ(trials[2].spec.limits.seconds, 5);
  EXPECT_EQ(before[2].spec.limits.seconds, 0) << "of the other list";
  EXPECT_EQ(names(trials), names(before));
}

TEST(trial_list, keeps_a_hash_that_it_was_given) {
  planned_trial odd = trial_named("sgd");
  odd.hash = "odd";
  const trial_list trials{odd, trial_named("adam")};
  EXPECT_EQ(trials[0].hash, "odd");
  EXPECT_EQ(trials.hash(0), "odd");
}

}  // namespace
}  // namespace ravine
