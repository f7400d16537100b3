#include "train/training_clock.hpp"
#include "unit/trial_support.hpp"

#include <chrono>
#include <thread>

// What time is counted, and to whom. Bounds from below are exact, since a sleep is never shorter than asked;
// from above they leave room for a busy machine, yet less than what must not be counted.
namespace ravine {
namespace {

using namespace ravine::testing;

void sleep_ms(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

TEST(training_clock, counts_from_resume_to_pause_only) {
  cost spent;
  training_clock clock(1, spent);
  clock.pause();
  EXPECT_EQ(spent.seconds(), 0) << "it never ran";
  clock.resume();
  sleep_ms(10);
  clock.pause();
  const double first = spent.seconds();
  EXPECT_GE(first, 0.010);
  sleep_ms(5);
  clock.pause();
  EXPECT_EQ(spent.seconds(), first) << "it was paused already";
}

TEST(training_clock, splits_by_what_was_going_on) {
  cost spent;
  training_clock clock(1, spent);
  clock.resume();
  clock.begin_step();
  sleep_ms(2);
  clock.to_gradient();
  sleep_ms(30);
  clock.to_optimizer();
  sleep_ms(5);
  clock.end_step();
  clock.pause();
  EXPECT_GE(spent.gradient_seconds, 0.030);
  EXPECT_GE(spent.optimizer_seconds, 0.007);
  EXPECT_LT(spent.optimizer_seconds, spent.gradient_seconds);
}

TEST(training_clock, extends_the_split_of_a_sampled_step_to_the_others) {
  cost spent;
  training_clock clock(2, spent);
  clock.resume();
  for (int step = 0; step < 2; ++step) {
    clock.begin_step();
    EXPECT_EQ(clock.sampled(), step == 0);
    clock.to_gradient();
    sleep_ms(step == 0 ? 5 : 20);
    clock.to_optimizer();
    clock.end_step();
  }
  clock.pause();
  EXPECT_GE(spent.gradient_seconds, 0.020) << "all is the gradient's, though the longer step was not sampled";
}

TEST(training_clock, leaves_out_what_is_off_the_clock) {
  cost spent;
  training_clock clock(1, spent);
  clock.resume();
  clock.begin_step();
  clock.to_gradient();
  const int answer = clock.off_the_clock([] {
    sleep_ms(200);
    return 42;
  });
  clock.to_optimizer();
  sleep_ms(5);
  clock.end_step();
  clock.pause();
  EXPECT_EQ(answer, 42);
  EXPECT_LT(spent.seconds(), 0.2);
  EXPECT_GT(spent.optimizer_seconds, spent.gradient_seconds) << "nor does it shift the split";
}

TEST(training_clock, counts_the_time_up_to_its_end) {
  cost spent;
  {
    training_clock clock(1, spent);
    clock.resume();
    sleep_ms(5);
  }
  EXPECT_GE(spent.seconds(), 0.005);
}

TEST(trial_clock, is_paused_while_metrics_are_taken) {
  const dataset data = labelled_rows(4);
  trial_spec spec = trial_of("log_rows", "sgd", 2, {{"lr", 0.1}}, {{"predict_ms", std::int64_t{50}}});
  spec.evaluate.every = {1, cost_unit::steps};  // three times validation and test: 300 ms
  const auto [result, log] = run_logged(spec, &data);
  EXPECT_LT(result.spent.seconds(), 0.15);
  EXPECT_EQ(result.evaluations.front().at.seconds(), 0) << "the evaluation at the start is free";
}

TEST(trial_clock, is_paused_while_metrics_end_the_trial) {
  const dataset data = labelled_rows(4);
  trial_spec spec = trial_of("log_rows", "sgd", 2, {{"lr", 0.1}},
                             {{"gradient_ms", std::int64_t{20}}, {"predict_ms", std::int64_t{100}}});
  spec.evaluate.every = {1, cost_unit::steps};
  spec.evaluate.target = target_spec{"validation_loss", 100};  // at once, after which it would stop
  spec.evaluate.stop_at_target = true;
  EXPECT_EQ(run_logged(spec, &data).first.spent.seconds(), 0);
}

TEST(trial_clock, counts_each_step_once) {
  const dataset data = labelled_rows(4);
  trial_spec spec = trial_of("log_rows", "sgd", 5, {{"lr", 0.1}}, {{"gradient_ms", std::int64_t{20}}});
  spec.evaluate.every = {2, cost_unit::steps};
  const auto [result, log] = run_logged(spec, &data);
  EXPECT_GE(result.spent.gradient_seconds, 0.100);
  EXPECT_LT(result.spent.seconds(), 0.200) << "not twice";
  EXPECT_GT(result.spent.gradient_seconds, result.spent.optimizer_seconds);
  for (std::size_t i = 1; i < result.evaluations.size(); ++i) {
    EXPECT_GT(result.evaluations[i].at.seconds(), result.evaluations[i - 1].at.seconds());
  }
}

}  // namespace
}  // namespace ravine
