#include "plugin_support.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <gtest/gtest.h>

// Every shipped landscape: whatever it claims of itself must hold.
namespace ravine {
namespace {

using point = std::vector<double>;

model make(const std::string& id, const settings& with = {}, rv_dtype type = RV_F64) {
  return model(testing::shipped_plugins().get(component_kind::model, id), nullptr, with, type);
}

std::vector<std::string> landscapes() {
  std::vector<std::string> ids;
  for (const component* each : testing::shipped_plugins().all(component_kind::model)) {
    if (each->can(RV_MODEL_LANDSCAPE)) ids.push_back(each->id);
  }
  return ids;
}

class landscape : public ::testing::TestWithParam<std::string> {};

TEST_P(landscape, has_the_gradient_of_its_function) {
  model f = make(GetParam());
  const rv_landscape& facts = *f.landscape();
  boost::random::mt19937 random(1);
  point x(facts.dimension), gradient(facts.dimension);
  for (int trial = 0; trial < 1000; ++trial) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = boost::random::uniform_real_distribution<double>(facts.lower[i], facts.upper[i])(random);
    }
    const double value = f.loss_gradient(x.data(), nullptr, gradient.data());
    EXPECT_EQ(f.loss_gradient(x.data(), nullptr, nullptr), value);
    const double steepest =
        std::abs(*std::ranges::max_element(gradient, {}, [](double g) { return std::abs(g); }));
    for (std::size_t i = 0; i < x.size(); ++i) {
      point above = x, below = x;
      const double step = 1e-5 * std::max(1.0, std::abs(x[i]));
      above[i] += step, below[i] -= step;
      const double slope = (f.loss_gradient(above.data(), nullptr, nullptr) -
                            f.loss_gradient(below.data(), nullptr, nullptr)) /
                           (above[i] - below[i]);
      EXPECT_NEAR(gradient[i], slope, 1e-7 * std::max({1.0, std::abs(value), steepest})) << "point " << trial;
    }
  }
}

TEST_P(landscape, is_flat_and_as_low_as_stated_at_its_minima) {
  model f = make(GetParam());
  const rv_landscape& facts = *f.landscape();
  for (std::uint64_t k = 0; k < facts.minima_count; ++k) {
    const double* const x = facts.minima + k * facts.dimension;
    point gradient(facts.dimension);
    EXPECT_NEAR(f.loss_gradient(x, nullptr, gradient.data()), facts.minimum, 1e-9);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      EXPECT_NEAR(gradient[i], 0, 1e-4);
      EXPECT_GE(x[i], facts.lower[i]);
      EXPECT_LE(x[i], facts.upper[i]);
    }
  }
}

TEST_P(landscape, starts_within_its_box_whatever_the_seed) {
  model f = make(GetParam());
  const rv_landscape& facts = *f.landscape();
  point first(facts.dimension), second(facts.dimension);
  f.init(1, first.data());
  f.init(2, second.data());
  EXPECT_EQ(first, second);
  EXPECT_EQ(first, point(facts.start, facts.start + facts.dimension));
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_LE(facts.lower[i], first[i]);
    EXPECT_GE(facts.upper[i], first[i]);
  }
}

TEST_P(landscape, agrees_in_float_and_double) {
  model twice = make(GetParam()), single = make(GetParam(), {}, RV_F32);
  std::vector<float> x(twice.layout().size()), g(x.size());
  single.init(1, x.data());
  const point same(x.begin(), x.end());
  point gradient(x.size());
  const double value = twice.loss_gradient(same.data(), nullptr, gradient.data());
  EXPECT_NEAR(single.loss_gradient(x.data(), nullptr, g.data()), value,
              1e-4 * std::max(1.0, std::abs(value)));
  for (std::size_t i = 0; i < g.size(); ++i) {
    EXPECT_NEAR(g[i], gradient[i], 1e-4 * std::max(1.0, std::abs(gradient[i])));
  }
}

INSTANTIATE_TEST_SUITE_P(shipped, landscape, ::testing::ValuesIn(landscapes()),
                         [](const auto& each) { return each.param; });

TEST(landscapes, rosenbrock_has_its_customary_start) {
  model f = make("rosenbrock");
  point x(2);
  f.init(0, x.data());
  EXPECT_EQ(x, (point{-1.2, 1}));
  EXPECT_NEAR(f.loss_gradient(x.data(), nullptr, nullptr), 24.2, 1e-13);
  EXPECT_EQ(f.landscape()->lower[0], -5);
  EXPECT_EQ(f.landscape()->upper[1], 10);
}

TEST(landscapes, rosenbrock_has_any_number_of_dimensions) {
  model f = make("rosenbrock", {{"n", std::int64_t{5}}});
  EXPECT_EQ(f.layout().size(), 5U);
  const point x{0.5, -1, 2, 0, 1};
  double expected = 0;
  for (std::size_t i = 0; i + 1 < 5; ++i) {
    expected += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1 - x[i], 2);
  }
  point gradient(5);
  EXPECT_NEAR(f.loss_gradient(x.data(), nullptr, gradient.data()), expected, 1e-10);
  for (std::size_t i = 0; i < 5; ++i) {
    point above = x, below = x;
    above[i] += 1e-6, below[i] -= 1e-6;
    EXPECT_NEAR(
        gradient[i],
        (f.loss_gradient(above.data(), nullptr, nullptr) - f.loss_gradient(below.data(), nullptr, nullptr)) /
            2e-6,
        1e-4);
  }
}

TEST(landscapes, beale_agrees_with_its_formula) {
  model f = make("beale");
  const point x{1, 1}, minimum{3, 0.5};
  EXPECT_DOUBLE_EQ(f.loss_gradient(x.data(), nullptr, nullptr), 1.5 * 1.5 + 2.25 * 2.25 + 2.625 * 2.625);
  EXPECT_EQ(f.loss_gradient(minimum.data(), nullptr, nullptr), 0);
  // Far along the escape, with u = x (1 - y), f tends to (1.5 - u)^2 + (2.25 - 2u)^2 + (2.625 - 3u)^2.
  constexpr double u = (1.5 + 2 * 2.25 + 3 * 2.625) / 14;
  const point far{-1e6, 1 + u * 1e-6};
  EXPECT_NEAR(f.loss_gradient(far.data(), nullptr, nullptr), 0.452, 1e-3);
}

}  // namespace
}  // namespace ravine
