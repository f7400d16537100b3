#include "tuning/run_plan.hpp"

#include "process/interrupt.hpp"
#include "run/in_process.hpp"
#include "unit/trial_support.hpp"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

// Executing a plan: what is missing and nothing else, saved as it comes.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace ravine::testing;

planned_trial planned(trial_spec spec) {
  std::string hash = content_hash(spec);
  return {std::move(spec), std::move(hash)};
}

/// sgd with three learning rates on c_bowl.
plan three_trials() {
  plan experiment;
  experiment.name = "three";
  for (const double lr : {0.01, 0.02, 0.03}) {
    trial_spec spec = trial_of("c_bowl", "sgd", 200, {{"lr", lr}});
    spec.problem.label = "c_bowl";
    spec.optimizer.label = fmt::format("sgd {}", lr);
    experiment.trials.push_back(planned(spec));
  }
  return experiment;
}

/// Notes what happens, and asks to stop when it is told to.
class recording_listener : public run_listener {
 public:
  explicit recording_listener(const store& results) : results_(results) {}

  void trial_began(const planned_trial& trial) override { began.push_back(trial.spec.optimizer.label); }
  void trial_advanced(const planned_trial&, const cost& spent, std::uint64_t planned_steps, double) override {
    ++advances;
    EXPECT_LE(spent.steps, planned_steps);
    if (stop_within_trials && spent.steps > stop_after) asked = command::stop_now;
  }
  void trial_ended(const planned_trial& trial, const trial_result& result) override {
    ended.push_back(result.status);
    stored.push_back(results_.trials().size());
    in_store.push_back(results_.has(trial));
    if (ended.size() == finish_after) asked = command::finish_trials;
  }
  void trial_went_on(const planned_trial&, const cost& from) override { went_on_from.push_back(from.steps); }
  void checkpoint_ignored(const planned_trial&, const std::string& why) override { ignored.push_back(why); }
  command next() override { return asked; }

  std::vector<std::string> began;
  std::vector<std::string> ignored;         ///< why checkpoints were
  std::vector<std::uint64_t> went_on_from;  ///< steps
  std::vector<trial_status> ended;
  std::vector<std::size_t> stored;  ///< trials in the file when each ended
  std::vector<bool> in_store;       ///< whether it counts as done there
  int advances = 0;
  std::size_t finish_after = 0;
  bool stop_within_trials = false;
  std::uint64_t stop_after = 0;  ///< steps
  command asked = command::go_on;

 private:
  const store& results_;
};

struct run_plan_test : ::testing::Test {
  plugin_folder folder;
  store results = store::open(folder.path() / "results.db");
  in_process_executor executor{trial_plugins()};

  void run(const plan& experiment, recording_listener& listener) {
    run_plan(experiment, results, executor, listener, {"machine", "build", 1});
  }
};

TEST_F(run_plan_test, runs_every_trial_in_order_and_saves_it_before_the_listener_hears) {
  recording_listener listener(results);
  run(three_trials(), listener);
  EXPECT_THAT(listener.began, ElementsAre("sgd 0.01", "sgd 0.02", "sgd 0.03"));
  EXPECT_THAT(listener.stored, ElementsAre(1, 2, 3));
  EXPECT_THAT(listener.in_store, ElementsAre(true, true, true));
  EXPECT_EQ(listener.advances, 3 * 4) << "each 64 of 200 steps";
}

TEST_F(run_plan_test, runs_nothing_again) {
  recording_listener first(results), second(results);
  run(three_trials(), first);
  EXPECT_THAT(results.missing(three_trials().trials), IsEmpty());
  run(three_trials(), second);
  EXPECT_THAT(second.began, IsEmpty());
  EXPECT_EQ(results.trials().size(), 3U);
}

TEST_F(run_plan_test, runs_what_is_missing_and_nothing_else) {
  plan part = three_trials();
  part.trials = {part.trials[0], part.trials[2]};
  recording_listener first(results), second(results);
  run(part, first);
  run(three_trials(), second);
  EXPECT_THAT(second.began, ElementsAre("sgd 0.02"));
  const std::vector<stored_trial> all = results.trials();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[1].optimizer, "sgd 0.02") << "in the plan's order, not in that of running";
}

TEST_F(run_plan_test, finishes_the_trial_in_progress_when_asked_to) {
  recording_listener listener(results);
  listener.finish_after = 2;
  run(three_trials(), listener);
  EXPECT_THAT(listener.ended, ElementsAre(trial_status::completed, trial_status::completed));
  EXPECT_EQ(results.missing(three_trials().trials).size(), 1U);
}

TEST_F(run_plan_test, starts_nothing_when_asked_to_stop_before) {
  recording_listener listener(results);
  listener.asked = run_listener::command::finish_trials;
  run(three_trials(), listener);
  EXPECT_THAT(listener.began, IsEmpty());
  EXPECT_THAT(results.trials(), IsEmpty());
}

TEST_F(run_plan_test, runs_an_interrupted_trial_again_from_its_start) {
  recording_listener listener(results);
  listener.stop_within_trials = true;
  run(three_trials(), listener);
  EXPECT_THAT(listener.began, ElementsAre("sgd 0.01"));
  EXPECT_THAT(listener.ended, ElementsAre(trial_status::interrupted));
  EXPECT_THAT(listener.in_store, ElementsAre(false));
  EXPECT_EQ(results.missing(three_trials().trials).size(), 3U);

  recording_listener again(results);
  run(three_trials(), again);
  EXPECT_THAT(again.began, ElementsAre("sgd 0.01", "sgd 0.02", "sgd 0.03"));
  const std::vector<stored_trial> all = results.trials();
  ASSERT_EQ(all.size(), 3U) << "the interrupted one is replaced";
  EXPECT_EQ(all[0].result.status, trial_status::completed);
  EXPECT_EQ(all[0].result.evaluations.size(), 2U) << "nothing of the first try is left";
}

/// Three trials that leave checkpoints.
plan checkpointed() {
  plan experiment = three_trials();
  std::vector<planned_trial> trials = experiment.trials.slice(0, 3);
  for (planned_trial& trial : trials) trial.spec.checkpoint_every = amount{50, cost_unit::steps};
  experiment.trials = trials;
  return experiment;
}

TEST_F(run_plan_test, goes_on_from_a_checkpoint_in_the_file_and_forgets_it_at_the_end) {
  recording_listener listener(results), again(results);
  listener.stop_within_trials = true;
  listener.stop_after = 60;
  run(checkpointed(), listener);
  const std::string hash = three_trials().trials[0].hash;
  ASSERT_TRUE(results.checkpoint_of(hash));
  run(checkpointed(), again);
  EXPECT_EQ(again.advances, 2 + 2 * 4) << "of the first trial without the 64 steps before it was stopped";
  EXPECT_THAT(again.ignored, IsEmpty());
  EXPECT_FALSE(results.checkpoint_of(hash));
  EXPECT_EQ(results.trials()[0].result.status, trial_status::completed);
}

/// Three trials that leave the states at their ends, of so many steps.
plan kept_at_the_end(double steps) {
  plan experiment = three_trials();
  std::vector<planned_trial> trials = experiment.trials.slice(0, 3);
  for (planned_trial& trial : trials) {
    trial.spec.checkpoint_at_end = true;
    trial.spec.train.budget.count = steps;
    trial = planned(trial.spec);
  }
  experiment.trials = trials;
  return experiment;
}

TEST_F(run_plan_test, goes_on_from_the_ends_of_shorter_trials_in_the_file) {
  recording_listener shorter(results), longer(results), of_another_build(results);
  run(kept_at_the_end(64), shorter);
  run(kept_at_the_end(192), longer);
  EXPECT_THAT(longer.went_on_from, ElementsAre(64, 64, 64));
  EXPECT_EQ(longer.advances, 3 * 2) << "only what is new";
  run_plan(kept_at_the_end(256), results, executor, of_another_build, {"machine", "another build", 1});
  EXPECT_THAT(of_another_build.went_on_from, IsEmpty());
  EXPECT_THAT(of_another_build.ignored, IsEmpty()) << "nobody waits for it";
  EXPECT_EQ(of_another_build.advances, 3 * 4);
}

TEST_F(run_plan_test, does_not_go_on_from_another_builds_checkpoint) {
  recording_listener listener(results), again(results);
  listener.stop_within_trials = true;
  listener.stop_after = 60;
  run(checkpointed(), listener);
  run_plan(checkpointed(), results, executor, again, {"machine", "another build", 1});
  EXPECT_THAT(again.ignored, ElementsAre("was made by another build or on another processor; the trial "
                                         "begins at its start"));
  EXPECT_EQ(again.advances, 3 * 4);
}

TEST_F(run_plan_test, runs_again_what_a_lower_limit_has_ended) {
  plan experiment = three_trials();
  trial_result late;
  late.status = trial_status::timed_out;
  experiment.trials.set_limits({.seconds = 5});
  results.save(experiment.trials[1], late, {"machine", "build", 1});
  EXPECT_EQ(results.missing(experiment.trials).size(), 2U);
  experiment.trials.set_limits({.seconds = 6});
  EXPECT_EQ(results.missing(experiment.trials).size(), 3U);
}

TEST_F(run_plan_test, keeps_trials_that_failed_and_goes_on) {
  plan experiment = three_trials();
  trial_spec failing = trial_of("c_bowl", "step_fails", 10);
  failing.optimizer.label = "failing";
  const trial_list sound = experiment.trials;
  experiment.trials = {planned(failing), sound[0], sound[1], sound[2]};
  recording_listener listener(results), again(results);
  run(experiment, listener);
  EXPECT_EQ(listener.ended.size(), 4U);
  EXPECT_EQ(listener.ended[0], trial_status::failed);
  EXPECT_EQ(results.trials()[0].result.reason, "step_fails: step: the curvature is negative");
  run(experiment, again);
  EXPECT_THAT(again.began, IsEmpty()) << "with the same plugin it would fail again";
}

TEST_F(run_plan_test, a_missing_data_set_stops_it_before_the_first_trial) {
  plan experiment = three_trials();
  trial_spec spec = trial_of("log_rows", "sgd", 1);
  spec.problem.data = data_request{"idx",
                                   {{"train_images", std::string("nowhere")},
                                    {"train_labels", std::string("nowhere")},
                                    {"test_images", std::string("nowhere")},
                                    {"test_labels", std::string("nowhere")}}};
  experiment.trials.push_back(planned(spec));
  recording_listener listener(results);
  EXPECT_THROW(run(experiment, listener), data_error);
  EXPECT_THAT(listener.began, IsEmpty());
  EXPECT_THAT(results.trials(), IsEmpty());
}

/// Runs nothing, and counts what it was given.
struct counting_executor : executor {
  void prepare(std::span<const planned_trial> trials) override { prepared += trials.size(); }
  std::string data_digest(const data_request&) override { return {}; }
  void run(const trial_list& trials, run_listener&) override {
    ++runs;
    for (std::size_t i = 0; i < trials.size(); ++i) repetitions.push_back(trials.repetition(i));
  }

  std::size_t prepared = 0, runs = 0;
  std::vector<std::uint64_t> repetitions;
};

TEST_F(run_plan_test, gives_an_executor_all_missing_trials_at_once) {
  plan experiment;
  experiment.name = "many";
  experiment.trials.push_repetitions(planned(trial_of("c_bowl", "sgd", 1)), 10'000);
  recording_listener listener(results);
  counting_executor by;
  run_plan(experiment, results, by, listener, {"machine", "build", 1});
  ASSERT_EQ(by.repetitions.size(), 10'000U);
  for (std::uint64_t i = 0; i < 10'000; ++i) ASSERT_EQ(by.repetitions[i], i);
  EXPECT_EQ(by.runs, 1U);
  EXPECT_EQ(by.prepared, 1U) << "all have the same needs";
}

TEST(dataset_cache, loads_each_request_once) {
  const auto on_digits = [](std::int64_t train) {
    trial_spec spec;
    spec.problem.data = data_request{"digits", {{"train", train}}};
    return spec;
  };
  dataset_cache cache;
  const dataset* const first = cache.of(on_digits(10));
  EXPECT_EQ(cache.of(on_digits(20))->train.size(), 20U);
  EXPECT_EQ(cache.of(on_digits(10)), first);
  EXPECT_EQ(first->train.size(), 10U) << "and it stays where it is";
  EXPECT_EQ(cache.of(trial_spec()), nullptr) << "a landscape needs none";
}

TEST(interrupt_watch, counts_signals_and_gives_the_handlers_back) {
  void (*const before)(int) = std::signal(SIGTERM, SIG_IGN);
  {
    const interrupt_watch watch;
    EXPECT_EQ(interrupt_watch::count(), 0);
    EXPECT_EQ(interrupt_watch::asked(), interruption::none);
    std::raise(SIGINT);
    EXPECT_EQ(interrupt_watch::count(), 1);
    EXPECT_EQ(interrupt_watch::asked(), interruption::finish);
    std::raise(SIGTERM);
    EXPECT_EQ(interrupt_watch::count(), 2);
    EXPECT_EQ(interrupt_watch::asked(), interruption::leave) << "it has less patience than Ctrl-C";
  }
  EXPECT_EQ(std::signal(SIGTERM, before), SIG_IGN);
  const interrupt_watch again;
  EXPECT_EQ(interrupt_watch::count(), 0) << "each watch counts from 0";
}

TEST(interrupt_watch, stops_at_the_second_request_of_a_kind) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const interrupt_watch watch;
    std::raise(signal);
    EXPECT_LT(interrupt_watch::asked(), interruption::stop);
    std::raise(signal);
    EXPECT_EQ(interrupt_watch::asked(), interruption::stop);
  }
  const interrupt_watch watch;
  for (int i = 0; i < 4; ++i) std::raise(SIGHUP);
  EXPECT_EQ(interrupt_watch::asked(), interruption::leave) << "a shell and the kernel both tell of it";
}

TEST(interrupt_watch, lets_the_third_signal_end_the_process) {
  EXPECT_EXIT(
      {
        const interrupt_watch watch;
        for (int i = 0; i < 3; ++i) std::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace ravine
