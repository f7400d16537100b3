#include "tuning/part.hpp"

#include "run/in_process.hpp"
#include "tuning/run_experiment.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::Each;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;

using places = std::map<std::uint64_t, std::string>;  // place in the whole experiment -> hash

places places_of(const plan& part) {
  places all;
  for (std::size_t i = 0; i < part.trials.size(); ++i) {
    all.emplace(part.part ? part.part->of_trials[i] : i, part.trials.hash(i));
  }
  EXPECT_EQ(all.size(), part.trials.size()) << "no place is taken twice";
  return all;
}

places places_of_all_parts(const plan& whole, std::uint64_t count) {
  places all;
  for (std::uint64_t i = 1; i <= count; ++i) {
    places some = places_of(part_of(whole, {i, count}));
    all.merge(some);
    EXPECT_THAT(some, IsEmpty()) << "no trial is in two parts";
  }
  return all;
}

std::string optimizer_of(const planned_trial& trial) { return trial.spec.optimizer.label; }

constexpr const char* plain = R"(
repetitions: 5
problems: [{use: booth}, {use: rosenbrock}, {use: ackley}]
train: {steps: 3}
optimizers: [{use: sgd, with: {lr: {grid: [0.01, 0.02]}}}, {use: adam}, {use: momentum}]
)";

constexpr const char* tuned = R"(
repetitions: 2
problems: [{use: booth, instance: {shift: true}}, {use: rosenbrock, noise: 0.1}]
train: {steps: 90}
optimizers:
  - {use: sgd, with: {lr: {log_uniform: [1e-5, 1e-2]}}}
  - {use: momentum, with: {lr: 0.001}}
  - {use: adam, with: {lr: {log_uniform: [1e-3, 1]}}}
tuning: {method: random, trials: 9, repetitions: 2, finalists: 2, stop_early: {factor: 3, rungs: 1}}
)";

TEST(part, every_trial_is_in_one_of_the_parts) {
  for (const char* manifest : {plain, tuned}) {
    const plan whole = testing::parse(manifest);
    for (const std::uint64_t count : {1U, 2U, 3U, 7U, 60U, 1000U}) {
      std::multiset<std::string> of_whole, of_parts;
      for (const auto& [place, hash] : places_of(whole)) of_whole.insert(hash);
      for (const auto& [place, hash] : places_of_all_parts(whole, count)) of_parts.insert(hash);
      EXPECT_EQ(of_parts, of_whole) << count;
    }
  }
}

TEST(part, without_tuning_the_trials_keep_their_places) {
  const plan whole = testing::parse(plain);
  EXPECT_EQ(places_of_all_parts(whole, 4), places_of(whole));
  EXPECT_EQ(part_of(whole, {3, 4}).part->whole, whole.trials.size());
}

TEST(part, each_gets_its_share_of_what_costs_the_same) {
  const plan whole = testing::parse(plain);
  for (std::uint64_t i = 1; i <= 4; ++i) {
    std::map<std::string, int> of_problem;
    for (const planned_trial& trial : part_of(whole, {i, 4}).trials) ++of_problem[trial.spec.problem.label];
    for (const auto& [problem, count] : of_problem) EXPECT_NEAR(count, 20 / 4.0, 1) << problem;
  }
}

/// As many parts as optimizers: dealt out in turn, one part would get the slowest of them on all problems.
TEST(part, none_gets_the_same_optimizer_again_and_again) {
  std::string manifest =
      "train: {steps: 3}\noptimizers: [{use: sgd}, {use: adam}, {use: lion}, {use: nadam}]\n";
  manifest += "problems:\n";
  for (int i = 0; i < 100; ++i)
    manifest += "  - {use: booth, noise: " + std::to_string(i + 1) + ", label: p" + std::to_string(i) + "}\n";
  for (const std::string tuning : {"", "tuning: {method: random, trials: 2}\n"}) {
    const plan whole = testing::parse(manifest + tuning);
    std::vector<int> counts;
    for (std::uint64_t i = 1; i <= 4; ++i) {
      const plan part = part_of(whole, {i, 4});
      for (const char* optimizer : {"sgd", "adam", "lion", "nadam"}) {
        counts.push_back(static_cast<int>(std::ranges::count(part.trials, optimizer, &optimizer_of)));
      }
    }
    // Of 100 problems 25 are expected; five standard deviations of a fair draw are 22.
    EXPECT_THAT(counts, Each(Ge(3)));
    EXPECT_THAT(counts, Each(Le(47)));
  }
}

TEST(part, with_tuning_has_all_trials_of_an_optimizer_on_a_problem) {
  const plan whole = testing::parse(tuned);
  std::set<std::pair<std::string, std::string>> seen;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    std::set<std::pair<std::string, std::string>> here;
    for (const planned_trial& trial : part_of(whole, {i, 3}).trials) {
      here.emplace(trial.spec.problem.label, optimizer_of(trial));
    }
    EXPECT_EQ(here.size(), 2U) << "6 pairs, 3 parts";
    for (const auto& pair : here) EXPECT_TRUE(seen.insert(pair).second) << pair.first << ' ' << pair.second;
  }
  EXPECT_EQ(seen.size(), 6U);
}

class no_listener : public experiment_listener {
 public:
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial&, const trial_result&) override {}
  command next() override { return command::go_on; }
};

plan run(const plan& experiment, store& results) {
  no_listener nobody;
  in_process_executor executor(testing::built_plugins());
  return run_experiment(experiment, results, executor, nobody, current_provenance(1)).last_stage;
}

TEST(part, tunes_as_the_whole_does_and_finds_the_same_places) {
  const plan experiment = testing::parse(tuned);
  store whole = store::in_memory();
  const plan all = run(experiment, whole);
  places of_parts;
  for (std::uint64_t i = 1; i <= 4; ++i) {
    store results = store::in_memory();
    const plan done = run(part_of(experiment, {i, 4}), results);
    of_parts.merge(places_of(done));
    EXPECT_EQ(done.part->whole, all.trials.size());
    ASSERT_EQ(results.experiments().size(), 1U)
        << "a part says that it was run even if there is nothing in it";
    EXPECT_EQ(results.experiments()[0].finished, done.trials.size());
    EXPECT_EQ(results.experiments()[0].planned, all.trials.size());
  }
  EXPECT_EQ(of_parts, places_of(all));
}

TEST(part, joins_other_parts_in_a_file_and_replaces_other_plans) {
  const plan experiment = testing::parse(plain);
  store results = store::in_memory();
  for (std::uint64_t i = 1; i <= 3; ++i) run(part_of(experiment, {i, 3}), results);
  EXPECT_EQ(results.trials().size(), experiment.trials.size());
  EXPECT_EQ(results.experiments()[0].finished, experiment.trials.size());
  const plan longer = testing::parse(plain, {"train.steps=4"});
  const plan part = part_of(longer, {1, 3});
  run(part, results);
  EXPECT_EQ(results.trials().size(), part.trials.size()) << "results of the other manifest are not shown";
}

}  // namespace
}  // namespace ravine
