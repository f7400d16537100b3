#include "train/landscape_instance.hpp"

#include "unit/trial_support.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Landscapes turned and moved by the seed.
namespace {

using namespace ravine;
using namespace ravine::testing;

constexpr instance_spec rotated{.rotate = true, .shift = false};
constexpr instance_spec shifted{.rotate = false, .shift = true};
constexpr instance_spec both{.rotate = true, .shift = true};

model landscape(const std::string& id, const settings& with = {}) {
  const component& which = trial_plugins().get(component_kind::model, id);
  return model(which, nullptr, which.complete(with), RV_F64);
}

double determinant(std::vector<double> a, std::size_t n) {
  double product = 1;
  for (std::size_t k = 0; k < n; ++k) {  // elimination, the largest pivot of the column first
    std::size_t pivot = k;
    for (std::size_t r = k + 1; r < n; ++r) {
      if (std::abs(a[r * n + k]) > std::abs(a[pivot * n + k])) pivot = r;
    }
    if (pivot != k) {
      for (std::size_t c = 0; c < n; ++c) std::swap(a[k * n + c], a[pivot * n + c]);
      product = -product;
    }
    product *= a[k * n + k];
    for (std::size_t r = k + 1; r < n; ++r) {
      const double share = a[r * n + k] / a[k * n + k];
      for (std::size_t c = k; c < n; ++c) a[r * n + c] -= share * a[k * n + c];
    }
  }
  return product;
}

TEST(random_rotation, is_orthogonal_with_determinant_1) {
  for (const std::size_t n : {1U, 2U, 3U, 8U, 50U}) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      const std::vector<double> q = random_rotation(n, seed);
      for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
          double product = 0;
          for (std::size_t i = 0; i < n; ++i) product += q[a * n + i] * q[b * n + i];
          EXPECT_NEAR(product, a == b ? 1 : 0, 1e-13) << n << " dimensions, seed " << seed;
        }
      }
      EXPECT_NEAR(determinant(q, n), 1, 1e-12) << n << " dimensions, seed " << seed;
    }
  }
}

// Haar measure: the first column is uniform on the sphere, so each of its elements has mean 0 and
// variance 1/n, and the trace has mean 0 and variance 1 (Diaconis & Shahshahani 1994).
TEST(random_rotation, is_uniform_over_all) {
  constexpr std::size_t n = 4;
  constexpr int draws = 20000;
  double first = 0, first_squared = 0, trace = 0, trace_squared = 0;
  for (int seed = 0; seed < draws; ++seed) {
    const std::vector<double> q = random_rotation(n, static_cast<std::uint64_t>(seed));
    first += q[0];
    first_squared += q[0] * q[0];
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += q[i * n + i];
    trace += sum;
    trace_squared += sum * sum;
  }
  // Four standard errors of each mean.
  EXPECT_NEAR(first / draws, 0, 4 * std::sqrt(0.25 / draws));
  EXPECT_NEAR(first_squared / draws, 0.25, 4 * std::sqrt(0.0625 / draws));
  EXPECT_NEAR(trace / draws, 0, 4 * std::sqrt(1.0 / draws));
  EXPECT_NEAR(trace_squared / draws, 1, 4 * std::sqrt(2.0 / draws));
}

TEST(landscape_instance, goes_to_the_functions_coordinates_and_back) {
  const model original = landscape("rosenbrock", {{"n", std::int64_t{5}}});
  const landscape_instance instance(*original.landscape(), both, 1, 0);
  const std::vector<double> x{0.5, -1, 2, 0.25, -0.75};
  std::vector<double> y(5);
  instance.to_function(x.data(), y.data());
  EXPECT_THAT(instance.to_optimizer(y), ::testing::Pointwise(::testing::DoubleNear(1e-14), x));
  EXPECT_GT(std::abs(y[0] - x[0]), 1e-3) << "and they are others";
}

TEST(landscape_instance, keeps_every_minimum_inside_the_box_at_its_value) {
  std::size_t checked = 0;
  for (const char* id : {"beale", "himmelblau", "rosenbrock", "six_hump_camel", "ellipsoid", "rastrigin"}) {
    model original = landscape(id);
    const rv_landscape& facts = *original.landscape();
    ASSERT_GT(facts.minima_count, 0U) << id;
    for (const instance_spec& spec : {rotated, shifted, both}) {
      for (std::uint64_t repetition = 0; repetition < 20; ++repetition) {
        const landscape_instance instance(facts, spec, 1, repetition);
        for (std::size_t k = 0; k < facts.minima_count; ++k) {
          const std::size_t n = facts.dimension;
          const std::vector<double> x = instance.to_optimizer({facts.minima + k * n, n});
          for (std::size_t i = 0; i < n; ++i) {
            EXPECT_GE(x[i], facts.lower[i]) << id;
            EXPECT_LE(x[i], facts.upper[i]) << id;
          }
          std::vector<double> y(n);
          instance.to_function(x.data(), y.data());
          EXPECT_NEAR(original.loss_gradient(y.data(), nullptr, nullptr), facts.minimum, 1e-9) << id;
          ++checked;
        }
      }
    }
  }
  EXPECT_EQ(checked, 600U) << "10 minima, 3 kinds, 20 repetitions";
}

TEST(landscape_instance, shifts_keep_minima_within_the_middle_of_the_box) {
  for (const char* id : {"beale", "himmelblau", "rosenbrock", "six_hump_camel"}) {
    const model original = landscape(id);
    const rv_landscape& facts = *original.landscape();
    for (std::uint64_t repetition = 0; repetition < 30; ++repetition) {
      const landscape_instance instance(facts, shifted, 1, repetition);
      for (std::size_t k = 0; k < facts.minima_count; ++k) {
        const std::vector<double> x = instance.to_optimizer({facts.minima + k * 2, 2});
        for (std::size_t i = 0; i < 2; ++i) {
          const double tenth = (facts.upper[i] - facts.lower[i]) / 10;
          EXPECT_GE(x[i], facts.lower[i] + tenth - 1e-9) << id;
          EXPECT_LE(x[i], facts.upper[i] - tenth + 1e-9) << id;
        }
      }
    }
  }
}

TEST(landscape_instance, turns_gradients_as_differences_say) {
  model original = landscape("rosenbrock", {{"n", std::int64_t{3}}});
  const landscape_instance instance(*original.landscape(), both, 7, 2);
  const auto loss = [&](const std::vector<double>& x) {
    std::vector<double> y(3);
    instance.to_function(x.data(), y.data());
    return original.loss_gradient(y.data(), nullptr, nullptr);
  };
  const std::vector<double> x{0.3, -0.6, 0.2};
  std::vector<double> y(3), slope(3), gradient(3);
  instance.to_function(x.data(), y.data());
  original.loss_gradient(y.data(), nullptr, slope.data());
  instance.turn_back(slope.data(), gradient.data());
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<double> up = x, down = x;
    up[i] += 1e-5;
    down[i] -= 1e-5;
    EXPECT_NEAR(gradient[i], (loss(up) - loss(down)) / 2e-5, 1e-6 * (1 + std::abs(gradient[i])));
  }
}

TEST(landscape_instance, depends_on_seed_and_repetition_alone) {
  const model original = landscape("ellipsoid", {{"n", std::int64_t{3}}});
  const auto rotation = [&](std::uint64_t seed, std::uint64_t repetition) {
    return landscape_instance(*original.landscape(), rotated, seed, repetition).rotation();
  };
  EXPECT_EQ(rotation(1, 0), rotation(1, 0));
  EXPECT_NE(rotation(1, 0), rotation(2, 0));
  EXPECT_NE(rotation(1, 0), rotation(1, 1));
}

trial_result descend(const std::string& optimizer, const settings& with, const instance_spec& instance,
                     std::uint64_t repetition) {
  trial_spec spec = trial_of("ellipsoid", optimizer, 100, with, {{"n", std::int64_t{4}}, {"kappa", 100.0}});
  spec.problem.instance = instance;
  spec.repetition = repetition;
  return run(spec);
}

// Gradient descent commutes with rotations and shifts; Adam scales each coordinate and does not.
TEST(landscape_instance, changes_nothing_for_gradient_descent_but_much_for_adam) {
  for (std::uint64_t repetition = 0; repetition < 5; ++repetition) {
    const auto losses = [&](const std::string& optimizer, double lr, const instance_spec& instance) {
      return descend(optimizer, {{"lr", lr}}, instance, repetition).path.losses;
    };
    const std::vector<double> straight = losses("sgd", 0.004, {});
    const std::vector<double> turned = losses("sgd", 0.004, both);
    ASSERT_EQ(straight.size(), turned.size());
    for (std::size_t i = 0; i < straight.size(); ++i) {
      EXPECT_NEAR(turned[i] / straight[i], 1, 1e-9) << "point " << i;
    }
    const double adam = losses("adam", 0.05, {}).back();
    EXPECT_GT(std::abs(losses("adam", 0.05, rotated).back() / adam - 1), 0.1);
    // A shift leaves the axes as they are: but for rounding, which Adam's division enlarges.
    EXPECT_NEAR(losses("adam", 0.05, shifted).back() / adam, 1, 1e-6);
  }
}

TEST(landscape_instance, records_the_path_in_the_optimizers_coordinates) {
  const trial_result result = descend("sgd", {{"lr", 0.004}}, shifted, 0);
  const model original = landscape("ellipsoid", {{"n", std::int64_t{4}}, {"kappa", 100.0}});
  const landscape_instance instance(*original.landscape(), shifted, 1, 0);
  const std::vector<double> start(result.path.points.begin(), result.path.points.begin() + 4);
  EXPECT_EQ(start, instance.to_optimizer({original.landscape()->start, 4}));
}

TEST(landscape_instance, is_refused_for_more_dimensions_than_can_be_rotated) {
  const model large = landscape("sphere", {{"n", std::int64_t{1001}}});
  EXPECT_EQ(plugin_error_of([&] { landscape_instance(*large.landscape(), rotated, 1, 0); }),
            "a landscape of 1001 dimensions can't be rotated, only up to 1000");
  landscape_instance(*large.landscape(), shifted, 1, 0);  // a shift is no matrix
}

}  // namespace
