#include "train/path_recorder.hpp"

#include "unit/special_numbers.hpp"
#include "unit/trial_support.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <gmock/gmock.h>

// What is kept of a path over a landscape.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace ravine::testing;

using place = std::array<double, 2>;

constexpr double box = 10;           // of the landscape, each way
constexpr double canvas = 2 * 1000;  // pixels: twice what the report has on a large screen

/// The place after each step, from the one before and the step's number.
using movement = std::function<place(place, std::uint64_t)>;

double loss_at(place at) { return at[0] * at[0] / 2 + 20 * at[1] * at[1] / 2; }

trajectory path_of(place start, movement next, std::uint64_t steps, path_recording mode) {
  trajectory path;
  path_recorder recorder(path, {{box, box}, 0}, mode, steps);
  place at = start;
  for (std::uint64_t step = 0; step <= steps; ++step) {
    if (step != 0) at = next(at, step);
    cost spent;
    spent.steps = step;
    spent.evaluations = 3 * step;
    recorder.add(spent, std::span<const double>(at), loss_at(at));
  }
  EXPECT_FALSE(recorder.wants_last(steps));
  recorder.finish();
  return path;
}

place point(const trajectory& path, std::size_t row) {
  return {path.points[2 * row], path.points[2 * row + 1]};
}

/// The greatest distance on the canvas, over all steps, between the path and the point that an animation of
/// what was kept shows at that step. No part of either line is farther from the other.
double farthest_pixel(const trajectory& all, const trajectory& kept) {
  double farthest = 0;
  std::size_t next = 1;
  for (std::size_t row = 0; row < all.steps.size(); ++row) {
    while (kept.steps[next] < all.steps[row]) ++next;
    const auto since = static_cast<double>(all.steps[row] - kept.steps[next - 1]);
    const double share = since / static_cast<double>(kept.steps[next] - kept.steps[next - 1]);
    const place from = point(kept, next - 1), to = point(kept, next), at = point(all, row);
    farthest = larger(farthest, std::hypot(std::lerp(from[0], to[0], share) - at[0],
                                           std::lerp(from[1], to[1], share) - at[1]));
  }
  return farthest / box * canvas;
}

/// Heavy-ball momentum on a ravine 20 times as steep across as along.
movement momentum(double lr, double beta) {
  return [=, velocity = place{}](place at, std::uint64_t) mutable {
    velocity = {beta * velocity[0] + at[0], beta * velocity[1] + 20 * at[1]};
    return place{at[0] - lr * velocity[0], at[1] - lr * velocity[1]};
  };
}

movement spiral(double angle, double shrinking) {
  return [=](place at, std::uint64_t) {
    return place{shrinking * (std::cos(angle) * at[0] - std::sin(angle) * at[1]),
                 shrinking * (std::sin(angle) * at[0] + std::cos(angle) * at[1])};
  };
}

TEST(path_recorder, keeps_every_step_of_a_short_path) {
  const trajectory path = path_of({4, 1}, momentum(0.05, 0.9), 1024, path_recording::thinned);
  EXPECT_EQ(path.steps.size(), 1025U);
}

TEST(path_recorder, shows_what_the_path_shows) {
  struct example {
    const char* what;
    place start;
    movement next;
  };
  const std::vector<example> examples{
      {"momentum that zigzags down a ravine", {4, 1}, momentum(0.05, 0.9)},
      {"momentum that takes its time", {4, 1}, momentum(1e-4, 0.99)},
      {"a spiral of many turns", {4, 0}, spiral(0.3, 0.9985)},
      {"a spiral that widens", {1e-3, 0}, spiral(0.01, 1.00008)},
      {"a divergence",
       {1e-8, 0},
       [](place at, std::uint64_t) {
         return place{at[0] * 1.0002, at[1] + 1e-5};
       }},
      {"a jump that is made once",
       {4, 4},
       [](place at, std::uint64_t step) {
         return step == 54321 ? place{-4, -4} : place{at[0], at[1] - 1e-5};
       }},
  };
  for (const example& each : examples) {
    for (const std::uint64_t steps : {1025U, 2000U, 10'000U, 100'000U}) {
      const trajectory all = path_of(each.start, each.next, steps, path_recording::every_step);
      const trajectory kept = path_of(each.start, each.next, steps, path_recording::thinned);
      ASSERT_EQ(all.steps.size(), steps + 1);
      EXPECT_LE(kept.steps.size(), 8192U);
      EXPECT_EQ(kept.steps.front(), 0U);
      EXPECT_EQ(kept.steps.back(), steps);
      EXPECT_LT(farthest_pixel(all, kept), 1)
          << each.what << ", " << steps << " steps: " << kept.steps.size();
      ASSERT_EQ(kept.evaluations.size(), kept.steps.size());
      ASSERT_EQ(kept.losses.size(), kept.steps.size());
      for (std::size_t row = 0; row < kept.steps.size(); ++row) {
        EXPECT_EQ(kept.evaluations[row], 3 * kept.steps[row]);
        EXPECT_EQ(point(kept, row), point(all, kept.steps[row]));
        EXPECT_EQ(kept.losses[row], all.losses[kept.steps[row]]);
      }
    }
  }
}

/// From the nearest connection of the points that were kept.
double pixels_from_line(place at, const trajectory& kept) {
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t row = 1; row < kept.steps.size(); ++row) {
    const place from = point(kept, row - 1), to = point(kept, row);
    const place way{to[0] - from[0], to[1] - from[1]};
    const double length = way[0] * way[0] + way[1] * way[1];
    const double along = (at[0] - from[0]) * way[0] + (at[1] - from[1]) * way[1];
    const double share = length > 0 ? std::clamp(along / length, 0.0, 1.0) : 0;
    nearest =
        std::min(nearest, std::hypot(from[0] + share * way[0] - at[0], from[1] + share * way[1] - at[1]));
  }
  return nearest / box * canvas;
}

// Just below the largest rate that is stable: 26,000 swings across the ravine of more than a pixel.
TEST(path_recorder, shows_the_line_of_a_swing_with_more_points_than_are_kept) {
  const trajectory all = path_of({4, 1}, momentum(0.09999, 0), 100'000, path_recording::every_step);
  const trajectory kept = path_of({4, 1}, momentum(0.09999, 0), 100'000, path_recording::thinned);
  for (std::size_t row = 0; row < all.steps.size(); row += row < 100 ? 1 : 97) {
    EXPECT_LT(pixels_from_line(point(all, row), kept), 1) << "at step " << row;
  }
}

// 100,000 swings are more than are kept, and a stride of two would see one end of them alone.
TEST(path_recorder, keeps_both_ends_of_an_endless_swing) {
  const movement swing = [](place, std::uint64_t step) {
    const double noise = 1e-3 * std::sin(static_cast<double>(step));
    return step % 2 == 0 ? place{1 + noise, 2} : place{-1, 3 - noise};
  };
  const trajectory kept = path_of({1, 2}, swing, 100'000, path_recording::thinned);
  EXPECT_LE(kept.steps.size(), 8192U);
  std::size_t whole_swings = 0;
  for (std::size_t row = 1; row < kept.steps.size(); ++row) {
    whole_swings += std::abs(point(kept, row)[0] - point(kept, row - 1)[0]) > 1.99 ? 1 : 0;
    EXPECT_LT(kept.steps[row] - kept.steps[row - 1], 2500U) << "at " << row;
  }
  EXPECT_GT(whole_swings, 1000U);
}

TEST(path_recorder, keeps_what_is_not_finite) {
  const movement to_nan = [](place at, std::uint64_t step) {
    return step == 3000 ? place{NAN, INFINITY} : place{at[0] - 1e-3, at[1]};
  };
  const trajectory kept = path_of({4, 0}, to_nan, 3000, path_recording::thinned);
  EXPECT_TRUE(std::isnan(kept.points[2 * kept.steps.size() - 2]));
  EXPECT_EQ(point(kept, kept.steps.size() - 2)[0],
            point(path_of({4, 0}, to_nan, 2999, path_recording::every_step), 2999)[0]);
}

TEST(path_recorder, goes_on_from_a_checkpoint_to_the_same_points) {
  constexpr std::uint64_t steps = 60'000;
  const auto record = [](std::uint64_t interruption) {
    trajectory path;
    movement next = spiral(0.3, 0.99999);
    path_recorder whole(path, {{box, box}, 0}, path_recording::thinned, 0);
    path_recorder rest(path, {{box, box}, 0}, path_recording::thinned, 0);
    place at{4, 0};
    for (std::uint64_t step = 0; step <= steps; ++step, at = next(at, step)) {
      cost spent;
      spent.steps = step;
      if (step == interruption) rest.go_on(whole.state());
      (step >= interruption ? rest : whole).add(spent, std::span<const double>(at), loss_at(at));
    }
    (interruption < steps ? rest : whole).finish();
    return path;
  };
  const trajectory undisturbed = record(steps + 1);
  for (const std::uint64_t interruption : {std::uint64_t{500}, std::uint64_t{12'345}, steps - 100}) {
    const trajectory interrupted = record(interruption);
    EXPECT_EQ(interrupted.steps, undisturbed.steps) << interruption;
    EXPECT_EQ(interrupted.points, undisturbed.points) << interruption;
  }
}

TEST(path_recorder, keeps_every_step_if_asked) {
  const trajectory path = path_of({4, 1}, momentum(0.01, 0.9), 50'000, path_recording::every_step);
  EXPECT_EQ(path.steps.size(), 50'001U);
}

TEST(trial_path, of_a_long_trial_is_thinned_whatever_its_evaluations) {
  trial_spec spec = trial_of("c_bowl", "sgd", 5000);
  const trajectory path = run(spec).path;
  spec.evaluate.every = {7, cost_unit::steps};
  const trajectory other = run(spec).path;
  EXPECT_LT(path.steps.size(), 1000U);
  EXPECT_EQ(path.steps.back(), 5000U);
  EXPECT_EQ(other.steps, path.steps);
  EXPECT_EQ(other.points, path.points);
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

TEST(path_recorder, goes_on_from_nothing_that_can_not_be_its_own) {
  trajectory path, other;
  path_recorder recorder(path, {{box, box}, 0}, path_recording::thinned, 0);
  const path_recorder fresh(other, {{box, box}, 0}, path_recording::thinned, 0);
  place at{4, 0};
  movement next = spiral(0.3, 0.99999);
  for (std::uint64_t step = 0; step < 20'000; ++step, at = next(at, step)) {
    cost spent;
    spent.steps = step;
    recorder.add(spent, std::span<const double>(at), loss_at(at));
  }
  const std::vector<double> state = recorder.state();
  ASSERT_TRUE(fresh.can_go_on(path, state));
  for (std::size_t size = 1; size < 4 + swinging_door::size(3) + 3; ++size) {
    EXPECT_FALSE(fresh.can_go_on(path, std::span(state).first(size))) << size;
  }
  std::vector<double> longer = state;
  longer.resize(state.size() + path.steps.size() + 1);
  EXPECT_FALSE(fresh.can_go_on(path, longer));
  trajectory torn = path;
  torn.points.pop_back();
  EXPECT_FALSE(fresh.can_go_on(torn, state));
  trajectory solid = path;
  solid.dimension = 3;
  EXPECT_FALSE(fresh.can_go_on(solid, state));
  EXPECT_FALSE(fresh.can_go_on(other, state));  // of no points
}

}  // namespace
}  // namespace ravine
