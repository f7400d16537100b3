#include "core/error.hpp"
#include "slice/followed_path.hpp"
#include "slice/plane.hpp"
#include "slice/slice_document.hpp"
#include "trial/spec_json.hpp"
#include "unit/train/checkpoint_support.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace ravine::testing;
using nlohmann::json;

double length_of(const std::vector<double>& x, std::initializer_list<std::size_t> of) {
  double squares = 0;
  for (const std::size_t i : of) squares += x.at(i) * x.at(i);
  return std::sqrt(squares);
}

/// Of a weight whose outputs are columns, as in dense layers, and of one whose outputs are rows.
TEST(slice_plane, has_filters_as_long_as_those_of_its_origin) {
  const std::array<std::uint64_t, 2> shape{3, 2};
  parameter_layout layout(RV_F64);
  rv_tensor dense{sizeof(rv_tensor), RV_ROLE_WEIGHT, "dense", 0, 0, 2, shape.data(), 3, 2};
  rv_tensor rows{sizeof(rv_tensor), RV_ROLE_WEIGHT, "rows", 0, 0, 2, shape.data(), 2, 3};
  layout.add(dense);
  layout.add("bias", RV_ROLE_BIAS, {2});
  layout.add(rows);
  std::vector<double> origin(layout.size());
  for (std::size_t i = 0; i < origin.size(); ++i) origin[i] = 1 + static_cast<double>(i * i);
  const plane made = filter_normalised(*layout.raw(), origin, 4);
  for (const std::vector<double>& direction : {made.x, made.y}) {
    EXPECT_NEAR(length_of(direction, {0, 2, 4}), length_of(origin, {0, 2, 4}), 1e-12);
    EXPECT_NEAR(length_of(direction, {1, 3, 5}), length_of(origin, {1, 3, 5}), 1e-12);
    EXPECT_EQ(direction[6], 0);
    EXPECT_EQ(direction[7], 0);
    for (const std::size_t row : {8U, 10U, 12U}) {
      EXPECT_NEAR(length_of(direction, {row, row + 1}), length_of(origin, {row, row + 1}), 1e-12);
    }
  }
  EXPECT_NE(made.x, made.y);
  EXPECT_EQ(made.x, filter_normalised(*layout.raw(), origin, 4).x);
  EXPECT_NE(made.x, filter_normalised(*layout.raw(), origin, 5).x);
}

/// With as many kernels as they have rows, and as many vectors as what reads them expects.
TEST(slice_plane, has_kernels_and_embedded_vectors_as_filters) {
  const std::array<std::uint64_t, 4> kernels{2, 1, 2, 2};
  const std::array<std::uint64_t, 2> table{4, 3};
  parameter_layout layout(RV_F64);
  rv_tensor convolution{sizeof(rv_tensor), RV_ROLE_WEIGHT, "kernels", 0, 0, 4, kernels.data(), 4, 8};
  rv_tensor embedding{sizeof(rv_tensor), RV_ROLE_EMBEDDING, "vectors", 0, 0, 2, table.data(), 4, 3};
  layout.add(convolution);
  layout.add(embedding);
  std::vector<double> origin(layout.size());
  for (std::size_t i = 0; i < origin.size(); ++i) origin[i] = 1 + static_cast<double>(i * i);
  const plane made = filter_normalised(*layout.raw(), origin, 4);
  for (const std::size_t kernel : {0U, 4U}) {
    EXPECT_NEAR(length_of(made.x, {kernel, kernel + 1, kernel + 2, kernel + 3}),
                length_of(origin, {kernel, kernel + 1, kernel + 2, kernel + 3}), 1e-12);
  }
  for (const std::size_t row : {8U, 11U, 14U, 17U}) {
    EXPECT_NEAR(length_of(made.x, {row, row + 1, row + 2}), length_of(origin, {row, row + 1, row + 2}), 1e-9);
  }
}

TEST(slice_plane, needs_weights_for_filters) {
  const vector_layout point(RV_F64, 3);
  EXPECT_THROW(filter_normalised(*point.raw(), {1, 2, 3}, 1), error);
}

TEST(slice_plane, goes_through_three_points_with_their_true_distances) {
  const std::array<std::vector<double>, 3> points{{{1, 1, 1, 1}, {1, 4, 1, 1}, {1, 2, 5, 1}}};
  const plane made = through(points);
  EXPECT_THAT(made.nearest(points[0]), ElementsAre(0, 0));
  EXPECT_THAT(made.nearest(points[1]), ElementsAre(3, 0));
  EXPECT_THAT(made.nearest(points[2]), ElementsAre(1, 4));
  const std::vector<double> aside{1, 2, 5, 8};
  EXPECT_DOUBLE_EQ(made.distance(aside, made.nearest(aside)), 7);
  EXPECT_THROW(through({{{0, 0}, {1, 1}, {2, 2}}}), error);
}

/// An ellipse with half axes 3 and 1 has variances 9 / 2 and 1 / 2.
TEST(slice_plane, explains_the_variance_of_an_ellipse) {
  std::vector<std::vector<double>> path;
  constexpr int count = 24;
  for (int i = 0; i < count; ++i) {
    const double angle = 2 * M_PI * i / count, a = 3 * std::cos(angle), b = std::sin(angle);
    path.push_back({0.6 * a + 1, 0.8 * a - 2, b, 5});
  }
  const principal_plane found = principal_components(path);
  EXPECT_NEAR(found.explained[0], 0.9, 1e-12);
  EXPECT_NEAR(found.explained[1], 0.1, 1e-12);
  EXPECT_NEAR(std::abs(found.of.x[0]), 0.6, 1e-12);
  EXPECT_NEAR(std::abs(found.of.x[1]), 0.8, 1e-12);
  EXPECT_NEAR(std::abs(found.of.y[2]), 1, 1e-12);
  for (const auto& point : path) EXPECT_NEAR(found.of.distance(point, found.of.nearest(point)), 0, 1e-12);
  EXPECT_THROW(principal_components({{1, 1}, {1, 1}, {1, 1}}), error);
}

TEST(slice_path, is_that_of_the_trial) {
  const trial_spec spec = noisy_valley("momentum");
  const trial_result expected = run(spec, nullptr, path_recording::every_step);
  const followed_path found = follow(spec, trial_plugins(), nullptr, 40, 200);
  ASSERT_THAT(found.points, SizeIs(41));
  for (std::size_t step = 0; step <= 40; ++step) {
    EXPECT_EQ(found.points[step][0], expected.path.points[2 * step]);
    EXPECT_EQ(found.points[step][1], expected.path.points[2 * step + 1]);
  }
  EXPECT_THAT(follow(spec, trial_plugins(), nullptr, 40, 6).steps, ElementsAre(0, 8, 16, 24, 32, 40));
}

TEST(slice_path, needs_the_plugins_that_the_trial_had) {
  trial_spec spec = noisy_valley("momentum");
  spec.optimizer.optimizer.plugin_sha256 = "another";
  try {
    follow(spec, trial_plugins(), nullptr, 40, 200);
    FAIL() << "expected plugin_error";
  } catch (const plugin_error& problem) {
    EXPECT_THAT(problem.what(), HasSubstr("momentum: the trial was run with another build"));
  }
}

/// The plane of a path in two dimensions is all there is: the loss on it is that of the landscape.
TEST(slice_document, has_the_loss_of_a_landscape) {
  trial_spec spec = trial_of("matyas", "momentum", 40);
  const trial_result stored = run(spec);
  const std::vector<sliced_trial> trials{{"momentum", spec, stored}};
  const json found =
      slice_document(trials, trial_plugins(), nullptr, {.through = slice_plane::path, .cells = 5});
  EXPECT_THAT(found.at("notes"), IsEmpty());
  EXPECT_NEAR(found.at("explained")[0].get<double>() + found.at("explained")[1].get<double>(), 1, 1e-12);
  const json& path = found.at("paths")[0];
  EXPECT_EQ(path.at("loss").back().get<double>(), stored.evaluations.back().metrics.at("loss"));
  for (const json& distance : path.at("distance")) EXPECT_NEAR(distance.get<double>(), 0, 1e-12);

  const followed_path followed = follow(spec, trial_plugins(), nullptr, 40, 200);
  const plane on = principal_components(followed.points).of;
  const json& image = found.at("image");
  for (std::size_t cell = 0; cell < 25; ++cell) {
    const auto place = [&](std::size_t axis, std::size_t i) {
      const double low = image.at("lower")[axis], high = image.at("upper")[axis];
      return low + (static_cast<double>(i) + 0.5) / 5 * (high - low);
    };
    const double a = place(0, cell % 5), b = place(1, cell / 5);
    const double x = on.origin[0] + a * on.x[0] + b * on.y[0], y = on.origin[1] + a * on.x[1] + b * on.y[1];
    EXPECT_NEAR(image.at("losses")[cell].get<double>(), 0.26 * (x * x + y * y) - 0.48 * x * y, 1e-9);
  }
}

TEST(slice_document, tells_of_a_trial_that_takes_another_way) {
  const trial_spec spec = trial_of("matyas", "momentum", 10);
  trial_result stored = run(spec);
  stored.evaluations.back().metrics["loss"] += 1;
  const std::vector<sliced_trial> trials{{"momentum", spec, stored}};
  const json found =
      slice_document(trials, trial_plugins(), nullptr, {.through = slice_plane::path, .cells = 2});
  ASSERT_THAT(found.at("notes"), SizeIs(1));
  EXPECT_THAT(found.at("notes")[0].get<std::string>(), HasSubstr("momentum took another way"));
}

TEST(spec_json, reads_what_is_stored) {
  trial_spec spec = network("lookahead");
  spec.problem.data->sha256 = "ab";
  spec.optimizer.schedules["k"] = {stage("constant", {}, amount{3, cost_unit::epochs}, schedule_unit::epoch),
                                   stage("constant")};
  spec.optimizer.groups = {rule_of("sgd")};
  spec.optimizer.groups.front().selects = {"", "bias"};
  spec.train.clip = {1.5, 0.25};
  spec.train.lr_reference_batch = 8;
  spec.train.stop_after = amount{1, cost_unit::epochs};
  spec.evaluate.target = target_spec{"validation_loss", 0.1};
  spec.evaluate.curvature = curvature_spec{{2, cost_unit::epochs}, 70, 0.1};
  spec.threads = 2;
  spec.repetition = 4;
  EXPECT_EQ(to_json(spec_from_json(to_json(spec))), to_json(spec));
  trial_spec valley = noisy_valley("adam");
  valley.problem.start = std::vector<double>{1.5, -2};
  EXPECT_EQ(to_json(spec_from_json(to_json(valley))), to_json(valley));
  EXPECT_THROW(spec_from_json("{}"), error);
  json later = json::parse(to_json(valley));
  later["train"]["new"] = 1;
  EXPECT_THROW(spec_from_json(later.dump()), error);
}

}  // namespace
}  // namespace ravine
