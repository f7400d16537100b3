#include "parity_support.hpp"
#include "plugin/instance.hpp"
#include "plugin/registry.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The landscape bbob against COCO's published values, a transcription in numpy (see bbob.py), and
// differences.
namespace ravine {
namespace {

using nlohmann::json;
using point = std::vector<double>;

constexpr int functions = 24;

const component& bbob() {
  static const registry loaded = [] {
    registry found;
    found.load(RAVINE_TEST_PLUGIN_DIR "/bbob.so");
    return found;
  }();
  return loaded.get(component_kind::model, "bbob");
}

model made(std::int64_t function, std::int64_t instance, std::size_t n, rv_dtype type = RV_F64) {
  const settings with{{"function", function}, {"instance", instance}, {"n", static_cast<std::int64_t>(n)}};
  return {bbob(), nullptr, with, type};
}

double value_at(model& f, const point& x) { return f.loss_gradient(x.data(), nullptr, nullptr); }

/// Even over [-5, 5]^n.
class random_points {
 public:
  point next(std::size_t n) {
    point x(n);
    std::ranges::generate(
        x, [this] { return boost::random::uniform_real_distribution<double>(-5, 5)(random_); });
    return x;
  }

 private:
  boost::random::mt19937 random_{1};
};

double steepest(const point& gradient) {
  double most = 0;
  for (const double each : gradient) most = std::max(most, std::abs(each));
  return most;
}

/// What rounding to ten digits may have taken from a number.
double half_a_digit(double number) {
  return number == 0 ? 0 : 0.5 * std::pow(10, std::floor(std::log10(std::abs(number))) - 9);
}

/// What rounding a value and its point to ten digits may have changed. The lines of f23 are shorter than what
/// that leaves open, and its slope changes on the way.
double rounding(int function, double value, const point& x, const point& gradient) {
  double moved = 0;
  for (std::size_t i = 0; i < x.size(); ++i) moved += std::abs(gradient[i]) * half_a_digit(x[i]);
  return half_a_digit(value) + (function == 23 ? 4 : 1) * moved;
}

// At 0, which is exact, and at points that were published with ten digits.
TEST(bbob, has_the_720_published_values) {
  std::ifstream published(RAVINE_PARITY_DIR "/bbob_values.txt");
  double at_0 = 0, elsewhere = 0;
  std::size_t count = 0;
  int function = 0, instance = 0;
  double told = 0;
  for (std::string coordinates; published >> function >> instance >> coordinates >> told; ++count) {
    point x;
    std::istringstream each(coordinates);
    for (std::string text; std::getline(each, text, ',');) x.push_back(std::stod(text));
    model f = made(function, instance, x.size());
    point gradient(x.size());
    const double difference = std::abs(f.loss_gradient(x.data(), nullptr, gradient.data()) - told);
    EXPECT_LE(difference, rounding(function, told, x, gradient)) << "f" << function << " at " << coordinates;
    double& largest = steepest(x) == 0 ? at_0 : elsewhere;
    largest = std::max(largest, difference / std::abs(told));
  }
  EXPECT_EQ(count, 720U);
  EXPECT_LE(at_0, 5e-10);
  fmt::print("bbob: {} published values differ by at most {:.1e} at 0, and {:.1e} at rounded points\n", count,
             at_0, elsewhere);
}

// A last bit of z turns the shortest waves of f16 by 1e-9 of a circle, and one of the angle s of f19, of up
// to 1e6, by as much.
TEST(bbob, has_the_values_and_gradients_of_a_transcription_in_2_20_and_40_dimensions) {
  std::ifstream stream(RAVINE_PARITY_DIR "/bbob.json");
  const json told = json::parse(stream);
  double by_value = 0, by_gradient = 0;
  for (const json& each : told.at("cases")) {
    const std::size_t n = each.at("n");
    const int function = each.at("function"), instance = each.at("instance");
    const std::vector<int> instances = told.at("instances");
    const auto row = std::ranges::find(instances, instance) - instances.begin();
    const point x = told.at("points").at(std::to_string(n)).at(static_cast<std::size_t>(row));
    model f = made(function, instance, n);
    point gradient(n);
    const double minimum = each.at("minimum"), above = each.at("above");
    const double value = f.loss_gradient(x.data(), nullptr, gradient.data());
    EXPECT_EQ(f.landscape()->minimum, minimum) << "f" << function;
    // What is lost by adding f*, of up to 1000, is no difference of the function. NaN stays NaN, since it
    // comes first.
    const double difference =
        std::max(std::abs(value - minimum - above) - 1e-13 * std::abs(minimum), 0.0) / above;
    by_value = std::max(by_value, difference);
    EXPECT_LE(difference, 1e-10) << "f" << function << " in " << n << " dimensions";
    const point expected = each.at("gradient");
    if (steepest(expected) == 0) {
      EXPECT_EQ(gradient, expected) << "f" << function;
      continue;
    }
    const double off = testing::relative_difference(gradient, expected);
    by_gradient = std::max(by_gradient, off);
    EXPECT_LE(off, function == 16 || function == 19 ? 1e-7 : 1e-9)
        << "f" << function << " in " << n << " dimensions";
  }
  EXPECT_EQ(told.at("cases").size(), 3U * functions * 2);
  fmt::print("bbob: values differ by {:.1e}, gradients by {:.1e}\n", by_value, by_gradient);
}

TEST(bbob, has_its_minimum_at_its_optimum_and_nothing_below_it) {
  random_points random;
  for (const std::size_t n : {2U, 5U, 20U, 40U}) {
    for (int function = 1; function <= functions; ++function) {
      model f = made(function, 3, n);
      const rv_landscape& facts = *f.landscape();
      ASSERT_EQ(facts.minima_count, 1U);
      const point optimum(facts.minima, facts.minima + n);
      EXPECT_NEAR(value_at(f, optimum), facts.minimum, 1e-12 * std::max(1.0, std::abs(facts.minimum)))
          << "f" << function << " in " << n << " dimensions";
      EXPECT_LE(steepest(optimum), 5);
      for (int trial = 0; trial < 20; ++trial) {
        ASSERT_GE(value_at(f, random.next(n)), facts.minimum) << "f" << function;
      }
    }
  }
}

/// By the five-point central difference.
double slope_along(model& f, point x, std::size_t dimension, double h) {
  const double here = x[dimension];
  const auto at = [&](double offset) {
    x[dimension] = here + offset;
    return value_at(f, x);
  };
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

// At random points, which lie on none of the kinks. The steps of f7 and the zigzags of f23 are for the
// transcription. The shortest waves of f16 are 3^-11 long, and those of f19 1e-4 where it is steep.
TEST(bbob, has_the_gradients_of_its_functions) {
  constexpr double eps = std::numeric_limits<double>::epsilon();
  random_points random;
  for (int function = 1; function <= functions; ++function) {
    if (function == 7 || function == 23) continue;
    const double h = function == 16 || function == 19 ? 1e-8 : 1e-5;
    model f = made(function, 2, 5);
    for (int trial = 0; trial < 20; ++trial) {
      const point x = random.next(5);
      point gradient(5);
      const double value = f.loss_gradient(x.data(), nullptr, gradient.data());
      const double tolerance = 16 * eps * std::max(1.0, std::abs(value)) / h + 1e-6 * steepest(gradient);
      for (std::size_t i = 0; i < x.size(); ++i) {
        ASSERT_NEAR(gradient[i], slope_along(f, x, i, h), tolerance)
            << "f" << function << ", point " << trial;
      }
    }
  }
}

TEST(bbob, has_the_same_values_in_float) {
  const std::vector<float> x{0.5F, -1.25F, 3.0F};
  const point same(x.begin(), x.end());
  for (int function = 1; function <= functions; ++function) {
    model twice = made(function, 1, 3), single = made(function, 1, 3, RV_F32);
    std::vector<float> g(3);
    point gradient(3);
    const double value = twice.loss_gradient(same.data(), nullptr, gradient.data());
    EXPECT_EQ(single.loss_gradient(x.data(), nullptr, g.data()), static_cast<float>(value));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(g[i], static_cast<float>(gradient[i])) << "f" << function;
  }
}

TEST(bbob, answers_where_numbers_end) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  for (int function = 1; function <= functions; ++function) {
    model f = made(function, 1, 3);
    for (const double far : {1e200, infinite, std::numeric_limits<double>::quiet_NaN()}) {
      point gradient(3);
      const point x{far, 0, 0};
      const double value = f.loss_gradient(x.data(), nullptr, gradient.data());
      if (!std::isnan(far)) continue;
      EXPECT_TRUE(std::isnan(value)) << "f" << function << " of NaN is " << value;
    }
  }
}

TEST(bbob, refuses_functions_and_dimensions_that_it_does_not_have) {
  const auto refusal = [](std::int64_t function, std::int64_t n) -> std::string {
    try {
      bbob().complete({{"function", function}, {"n", n}});
      return "";
    } catch (const plugin_error& problem) {
      return problem.what();
    }
  };
  EXPECT_EQ(refusal(24, 40), "");
  EXPECT_THAT(refusal(25, 5), ::testing::HasSubstr("function: found 25, expected"));
  EXPECT_THAT(refusal(1, 41), ::testing::HasSubstr("n: found 41, expected"));
  EXPECT_THAT(refusal(1, 1), ::testing::HasSubstr("n: found 1, expected"));
}

}  // namespace
}  // namespace ravine
