#include "train/path_recorder.hpp"

#include "unit/trial_support.hpp"

#include <array>

#include <gmock/gmock.h>

// What is kept of a path over a landscape.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace ravine::testing;

/// The path of so many steps whose point after step n is (n, -n) and whose loss is n / 2.
trajectory path_of(std::uint64_t steps, path_recording mode) {
  trajectory path;
  path_recorder recorder(path, 2, mode, steps);
  for (std::uint64_t step = 0; step <= steps; ++step) {
    const auto x = static_cast<double>(step);
    const std::array<double, 2> point{x, -x};
    cost spent;
    spent.steps = step;
    spent.evaluations = 3 * step;
    if (recorder.wants(step)) recorder.add(spent, std::span<const double>(point), x / 2);
    if (step == steps && recorder.wants_last(step)) {
      recorder.add_last(spent, std::span<const double>(point), x / 2);
    }
  }
  return path;
}

void expect_consistent(const trajectory& path) {
  ASSERT_EQ(path.evaluations.size(), path.steps.size());
  ASSERT_EQ(path.losses.size(), path.steps.size());
  ASSERT_EQ(path.points.size(), 2 * path.steps.size());
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const auto x = static_cast<double>(path.steps[i]);
    EXPECT_EQ(path.evaluations[i], 3 * path.steps[i]);
    EXPECT_EQ(path.points[2 * i], x);
    EXPECT_EQ(path.points[2 * i + 1], -x);
    EXPECT_EQ(path.losses[i], x / 2);
  }
}

TEST(path_recorder, keeps_every_step_of_a_short_path) {
  const trajectory path = path_of(1023, path_recording::thinned);
  EXPECT_EQ(path.steps.size(), 1024U);
  expect_consistent(path);
}

TEST(path_recorder, thins_a_long_path_evenly_and_keeps_both_ends) {
  for (const std::uint64_t steps : {2048U, 2049U, 4095U, 4096U, 10'000U, 123'457U}) {
    const trajectory path = path_of(steps, path_recording::thinned);
    expect_consistent(path);
    EXPECT_LE(path.steps.size(), 1025U) << steps;
    EXPECT_GE(path.steps.size(), 512U) << steps;
    EXPECT_EQ(path.steps.front(), 0U);
    EXPECT_EQ(path.steps.back(), steps);
    for (std::size_t i = 2; i + 1 < path.steps.size(); ++i) {
      EXPECT_EQ(path.steps[i] - path.steps[i - 1], path.steps[1]) << "at " << i << " of " << steps;
    }
  }
}

TEST(path_recorder, keeps_every_step_if_asked) {
  const trajectory path = path_of(5000, path_recording::every_step);
  EXPECT_EQ(path.steps.size(), 5001U);
  expect_consistent(path);
}

TEST(trial_path, of_a_long_trial_is_thinned_whatever_its_evaluations) {
  trial_spec spec = trial_of("c_bowl", "sgd", 5000);
  spec.evaluate.every = {7, cost_unit::steps};
  const trajectory path = run(spec).path;
  EXPECT_EQ(path.steps.size(), 626U) << "every eighth";
  EXPECT_EQ(path.steps[1], 8U);
  EXPECT_EQ(path.steps.back(), 5000U);
}

TEST(trial_path, in_many_dimensions_is_kept_only_if_asked) {
  const trial_spec spec = trial_of("c_bowl", "sgd", 3, {{"lr", 1e-20}}, {{"n", std::int64_t{17}}});
  EXPECT_THAT(run(spec).path.steps, IsEmpty());
  const trajectory path = run(spec, nullptr, path_recording::every_step).path;
  EXPECT_EQ(path.dimension, 17U);
  EXPECT_THAT(path.steps, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(path.points.size(), 4 * 17U);
}

TEST(trial_path, of_a_model_of_data_is_not_kept) {
  const dataset data = labelled_rows(3);
  const auto [result, log] = run_logged(trial_of("log_rows", "sgd", 3), &data);
  EXPECT_THAT(result.path.steps, IsEmpty());
  EXPECT_EQ(result.path.dimension, 0U);
}

}  // namespace
}  // namespace ravine
