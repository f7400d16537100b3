#include "unit/trial_support.hpp"

#include <cmath>

#include <gmock/gmock.h>

// Clipping, seen in the step that plain gradient descent takes with a learning rate of 1 from (3, 4) on
// log_bowl, where the gradient is the point itself.
namespace ravine {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using namespace ravine::testing;

constexpr double x = 3;
constexpr double y = 4;

/// The clipped gradient times the learning rate; rounding errors of 1e-15 apart.
template <class Clip>
std::vector<double> clipped(Clip clip, dtype type = dtype::f64, double lr = 1) {
  trial_spec spec = trial_of("log_bowl", "sgd", 1, {{"lr", lr}});
  spec.problem.start = std::vector<double>{x, y};
  spec.problem.type = type;
  spec.train.clip = clip;
  const trial_result result = run_logged(spec).first;
  const auto& points = result.path.points;
  return {x - points.at(2), y - points.at(3)};
}

auto near(double a, double b) {
  return ElementsAre(::testing::DoubleNear(a, 1e-14), ::testing::DoubleNear(b, 1e-14));
}

TEST(clipping, none_leaves_the_gradient) { EXPECT_THAT(clipped(clip_spec{}), near(3, 4)); }

TEST(clipping, by_norm_scales_the_whole_gradient) {
  EXPECT_THAT(clipped(clip_spec{1.0, std::nullopt}), near(0.6, 0.8));
  EXPECT_THAT(clipped(clip_spec{5.0, std::nullopt}), near(3, 4)) << "its norm is 5";
  EXPECT_THAT(clipped(clip_spec{50.0, std::nullopt}), near(3, 4)) << "it never grows";
}

TEST(clipping, by_value_clamps_each_element) {
  EXPECT_THAT(clipped(clip_spec{std::nullopt, 3.5}), near(3, 3.5));
  EXPECT_THAT(clipped(clip_spec{std::nullopt, 0.25}), near(0.25, 0.25));
}

TEST(clipping, by_value_is_symmetric) {
  trial_spec spec = trial_of("log_bowl", "sgd", 1, {{"lr", 1.0}});
  spec.problem.start = std::vector<double>{-3, 4};
  spec.train.clip.value = 1;
  EXPECT_THAT(run_logged(spec).first.path.points, ElementsAre(-3, 4, -2, 3));
}

TEST(clipping, by_both_is_by_norm_first) {
  EXPECT_THAT(clipped(clip_spec{1.0, 0.7}), near(0.6, 0.7)) << "by value first it would be (0.7, 0.7)";
}

TEST(clipping, in_single_precision) {
  const std::vector<double> g = clipped(clip_spec{1.0, std::nullopt}, dtype::f32);
  EXPECT_NEAR(g[0], 0.6, 1e-6);
  EXPECT_NEAR(g[1], 0.8, 1e-6);
}

TEST(clipping, gradient_norm_is_from_before) {
  trial_spec spec = trial_of("log_bowl", "sgd", 1, {{"lr", 1.0}});
  spec.problem.start = std::vector<double>{x, y};
  spec.train.clip.norm = 1;
  const auto [result, log] = run_logged(spec);
  EXPECT_DOUBLE_EQ(result.evaluations.back().metrics.at("gradient_norm"), 5);
  EXPECT_DOUBLE_EQ(result.evaluations.back().metrics.at("update_norm"), 1);
}

TEST(clipping, by_norm_copes_with_a_norm_whose_square_overflows) {
  trial_spec spec = trial_of("c_bowl", "sgd", 1, {{"lr", 1.0}}, {{"kappa", 1e200}});
  spec.train.clip.norm = 0.5;
  const trial_result result = run(spec);
  EXPECT_EQ(result.status, trial_status::completed) << result.reason;
  EXPECT_THAT(result.path.points, ElementsAre(1, 1, 1, ::testing::DoubleNear(0.5, 1e-14)));
}

TEST(clipping, by_a_tiny_norm_keeps_the_direction) {
  const clip_spec tiny{1e-300, std::nullopt};
  EXPECT_THAT(clipped(tiny, dtype::f64, 1e300), near(0.6, 0.8));
  EXPECT_THAT(clipped(tiny, dtype::f32), ElementsAre(0, 0)) << "the norm is 0 in f32";
  trial_spec steep = trial_of("c_bowl", "sgd", 3, {{"lr", 1.0}}, {{"kappa", 1e200}});
  steep.train.clip = tiny;
  const trial_result result = run(steep);
  EXPECT_EQ(result.status, trial_status::completed) << result.reason;
  EXPECT_THAT(result.path.points, Each(1)) << "the factor, 1e-500, is 0";
}

}  // namespace
}  // namespace ravine
