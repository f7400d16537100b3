#include "unit/trial_support.hpp"

#include <gmock/gmock.h>

// The order of the training loop (what happens in one step, and what each call is told), as plugins see it.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace ravine::testing;

TEST(trial_order, schedules_then_gradient_then_step_and_evaluation_at_the_end) {
  trial_spec spec = trial_of("log_bowl", "log_optimizer", 2);
  spec.optimizer.schedules["lr"] = {stage("log_scheduler", {{"slope", -0.25}})};
  spec.problem.start = std::vector<double>{8, 0};
  const auto [result, log] = run_logged(spec);
  EXPECT_EQ(result.status, trial_status::completed) << result.reason;
  EXPECT_THAT(log, ElementsAre("init_state step=0 x=8", "loss x=8",              // evaluation at the start
                               "value t=0 of 2 steps", "loss and gradient x=8",  //
                               "step=1 epoch=0 of 2/0 lr=0.5 mu=0.8 x=8 g=8 loss=32", "value t=1 of 2 steps",
                               "loss and gradient x=4", "step=2 epoch=0 of 2/0 lr=0.25 mu=0.8 x=4 g=4 loss=8",
                               "loss x=3",
                               "observe 4.5",  // the final evaluation
                               "loss x=3"));   // for the end of the path
}

TEST(trial_order, gradients_and_evaluations_are_taken_where_the_optimizer_wants_them) {
  const trial_spec spec = trial_of("log_bowl", "log_optimizer", 1, {{"points", true}});
  const auto [result, log] = run_logged(spec);
  EXPECT_THAT(log,
              ElementsAre("init_state step=0 x=1", "evaluation_point step=0 x=1", "loss x=11",
                          "gradient_point step=1 x=1", "loss and gradient x=2", "loss x=1",  // for the path
                          "step=1 epoch=0 of 1/0 lr=0.5 mu=0.8 x=1 g=2 loss=2.5",            // at (2, 1)
                          "evaluation_point step=1 x=0", "loss x=10", "loss x=0"));
  EXPECT_EQ(result.spent.evaluations, 1U) << "what is looked at for the path costs nothing";
  EXPECT_THAT(result.path.points, ElementsAre(1, 0, 0, -0.5)) << "the path shows the parameters";
  EXPECT_THAT(result.path.losses, ElementsAre(0.5, 0.125));
}

TEST(trial_order, own_points_are_refused_for_good) {
  const auto [result, log] = run_logged(trial_of("log_bowl", "log_optimizer", 3));
  EXPECT_THAT(beginning_with("gradient_point", log), IsEmpty());
  EXPECT_THAT(beginning_with("evaluation_point", log), IsEmpty());
  EXPECT_THAT(beginning_with("loss and gradient", log),
              ElementsAre("loss and gradient x=1", "loss and gradient x=0.5", "loss and gradient x=0.25"));
}

TEST(trial_order, a_batch_is_drawn_for_each_step_and_metrics_follow_the_last) {
  const dataset data = labelled_rows(3);
  trial_spec spec = trial_of("log_rows", "log_optimizer", 1, {{"lr", 1.0}});
  spec.train.batch_size = 0;
  const auto [result, log] = run_logged(spec, &data);
  ASSERT_EQ(log.size(), 8U);
  EXPECT_THAT(log[0], ::testing::StartsWith("init w="));
  EXPECT_THAT(log[2], ::testing::StartsWith("loss evaluate rows=0,1,2")) << "validation, in its own order";
  EXPECT_THAT(log[3], ::testing::StartsWith("loss evaluate rows=0 ")) << "test";
  EXPECT_THAT(log[4], ::testing::StartsWith("loss and gradient train rows="));
  EXPECT_THAT(log[5], ::testing::StartsWith("step=1 epoch=0 of 1/1 "));
  const auto& last = result.evaluations.back().metrics;
  EXPECT_NEAR(last.at("validation_loss"), 1.0 / 3, 1e-12) << "w = 1, the mean of 0, 1, 2";
  EXPECT_NEAR(last.at("validation_accuracy"), 1.0 / 3, 1e-12);
  EXPECT_NEAR(last.at("test_loss"), 0.5, 1e-12);
  EXPECT_EQ(last.at("test_accuracy"), 0);
}

TEST(trial_order, the_loss_is_checked_before_the_optimizer_hears_of_it) {
  const settings faulty{{"fault", std::string("infinite_loss")}, {"at", std::int64_t{2}}};
  const auto [result, log] = run_logged(trial_of("log_bowl", "log_optimizer", 5, {}, faulty));
  EXPECT_EQ(beginning_with("step=", log).size(), 1U);
  EXPECT_EQ(result.status, trial_status::diverged);
}

}  // namespace
}  // namespace ravine
