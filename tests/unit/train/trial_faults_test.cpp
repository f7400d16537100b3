#include "unit/trial_support.hpp"

#include <cmath>

#include <gmock/gmock.h>

// Trials that end badly: with a status, a reason, and the curve up to then.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using namespace ravine::testing;

/// log_bowl that goes wrong in its third gradient, evaluated after each step.
trial_spec faulty(const char* fault) {
  trial_spec spec =
      trial_of("log_bowl", "sgd", 10, {}, {{"fault", std::string(fault)}, {"at", std::int64_t{3}}});
  spec.evaluate.every = {1, cost_unit::steps};
  return spec;
}

TEST(trial_faults, an_infinite_loss_is_divergence) {
  const auto [result, log] = run_logged(faulty("infinite_loss"));
  EXPECT_EQ(result.status, trial_status::diverged);
  EXPECT_EQ(result.reason, "the loss is inf at step 3");
  EXPECT_FALSE(result.succeeded());
  EXPECT_FALSE(is_fault(result.status));
  EXPECT_EQ(result.spent.steps, 2U) << "steps that were taken";
  EXPECT_EQ(result.spent.evaluations, 3U);
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0, 1, 2));
  EXPECT_THAT(result.path.steps, ElementsAre(0, 1, 2));
}

TEST(trial_faults, a_gradient_that_is_not_a_number_is_divergence) {
  const auto [result, log] = run_logged(faulty("nan_gradient"));
  EXPECT_EQ(result.status, trial_status::diverged);
  EXPECT_EQ(result.reason, "the gradient is not finite at step 3");
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0, 1, 2));
}

TEST(trial_faults, clipping_does_not_hide_divergence) {
  trial_spec spec = faulty("nan_gradient");
  spec.train.clip = {1.0, 1.0};
  EXPECT_EQ(run_logged(spec).first.status, trial_status::diverged);
}

TEST(trial_faults, a_failing_model_fails_the_trial_in_its_own_words) {
  const auto [result, log] = run_logged(faulty("fails"));
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_TRUE(is_fault(result.status));
  EXPECT_EQ(result.reason, "log_bowl: loss_gradient: the model failed on purpose");
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0, 1, 2)) << "the curve up to then";
  EXPECT_THAT(result.path.steps, ElementsAre(0, 1));
}

TEST(trial_faults, a_failing_optimizer_keeps_the_curve_and_the_time) {
  const settings slow{{"gradient_ms", std::int64_t{20}}};
  trial_spec spec = trial_of("log_bowl", "log_optimizer", 10, {{"fails_at", std::int64_t{2}}}, slow);
  const auto [result, log] = run_logged(spec);
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_EQ(result.reason, "log_optimizer: step: failed on purpose");
  EXPECT_EQ(result.spent.steps, 1U);
  EXPECT_EQ(result.spent.evaluations, 2U);
  EXPECT_GE(result.spent.seconds(), 0.04) << "the gradient of the step that failed took its time too";
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0));
}

TEST(trial_faults, exceptions_of_an_author_become_the_reason) {
  const auto outcome = [](const char* where, const char* what) {
    return run(
        trial_of("c_bowl", "throwing", 3, {{"where", std::string(where)}, {"what", std::string(what)}}));
  };
  EXPECT_EQ(outcome("nowhere", "exception").status, trial_status::completed);
  for (const char* where : {"create", "init", "step"}) {
    const trial_result thrown = outcome(where, "exception");
    EXPECT_EQ(thrown.status, trial_status::failed) << where;
    EXPECT_THAT(thrown.reason, ::testing::EndsWith("thrown on purpose"));
    EXPECT_EQ(outcome(where, "number").status, trial_status::failed) << where;
    EXPECT_EQ(outcome(where, "bad_alloc").status, trial_status::out_of_memory) << where;
  }
  EXPECT_THAT(outcome("create", "exception").evaluations, IsEmpty());
  EXPECT_THAT(evaluated_steps(outcome("step", "exception")), ElementsAre(0));
}

TEST(trial_faults, state_that_does_not_fit_into_memory_is_told_apart) {
  const trial_result result = run(trial_of("c_bowl", "state_too_large", 3));
  EXPECT_EQ(result.status, trial_status::out_of_memory) << result.reason;
  EXPECT_TRUE(is_fault(result.status));
}

TEST(trial_faults, a_plugin_that_is_not_there_is_named) {
  trial_spec spec = trial_of("c_bowl", "sgd", 3);
  spec.optimizer.optimizer.use = "momentun";
  const trial_result result = run(spec);
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_EQ(result.reason, "there is no optimizer named momentun; did you mean momentum?");
}

TEST(trial_faults, a_start_of_another_dimension_is_refused) {
  trial_spec spec = trial_of("c_bowl", "sgd", 3);
  spec.problem.start = std::vector<double>{1, 2, 3};
  EXPECT_EQ(run(spec).reason, "c_bowl: start has 3 coordinates, expected 2");
}

TEST(trial_faults, leaving_the_box_by_more_than_ten_widths_is_escape) {
  // On log_bowl with its box from -1 to 1, lr 3 doubles x with another sign each step: 1, -2, 4, -8, 16, -32.
  const auto [result, log] = run_logged(trial_of("log_bowl", "sgd", 100, {{"lr", 3.0}}));
  EXPECT_EQ(result.status, trial_status::escaped);
  EXPECT_EQ(result.reason, "outside the box by more than ten widths at step 5");
  EXPECT_EQ(result.spent.steps, 5U) << "16 is within 1 + 10 x 2, -32 is not";
  EXPECT_EQ(result.path.points.at(result.path.points.size() - 2), -32) << "the path shows where it went";
  EXPECT_FALSE(is_fault(result.status));
}

TEST(trial_faults, the_border_of_ten_widths_is_inside) {
  trial_spec spec = trial_of("log_bowl", "sgd", 1, {{"lr", 2.0}});  // x -> -x
  spec.problem.start = std::vector<double>{21, -21};
  EXPECT_EQ(run_logged(spec).first.status, trial_status::completed);
  spec.problem.start = std::vector<double>{0, std::nextafter(21, 22)};
  EXPECT_EQ(run_logged(spec).first.status, trial_status::escaped);
}

/// Stops after as many calls as it is told to.
struct impatient : trial_observer {
  explicit impatient(int given) : patience(given) {}
  command after_step(const cost& spent, std::uint64_t planned, double loss) override {
    steps.push_back(spent.steps);
    planned_steps = planned;
    last_loss = loss;
    return --patience > 0 ? command::go_on : command::stop;
  }
  int patience;
  std::vector<std::uint64_t> steps;
  std::uint64_t planned_steps = 0;
  double last_loss = 0;
};

TEST(trial_interrupt, ends_the_trial_between_two_steps) {
  const dataset data = labelled_rows(10);
  trial_spec spec = trial_of("log_rows", "sgd", 100);
  spec.train.batch_size = 5;
  impatient observer(3);
  ::testing::internal::CaptureStderr();
  const trial_result result = run_trial(spec, trial_plugins(), &data, observer);
  ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(result.status, trial_status::interrupted);
  EXPECT_EQ(result.reason, "stopped by the user");
  EXPECT_EQ(result.spent.steps, 3U);
  EXPECT_THAT(observer.steps, ElementsAre(1, 2, 3)) << "each step on data";
  EXPECT_EQ(observer.planned_steps, 100U);
  EXPECT_TRUE(std::isfinite(observer.last_loss));
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0));
}

TEST(trial_interrupt, is_asked_for_every_64_steps_of_a_landscape) {
  impatient observer(3);
  const trial_result result = run_trial(trial_of("c_bowl", "sgd", 1000), trial_plugins(), nullptr, observer);
  EXPECT_THAT(observer.steps, ElementsAre(1, 65, 129));
  EXPECT_EQ(result.spent.steps, 129U);
  EXPECT_EQ(result.path.steps.back(), 129U);
}

}  // namespace
}  // namespace ravine
