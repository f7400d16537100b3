#include "unit/plugin_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <ostream>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <gtest/gtest.h>

// Every loaded landscape: whatever it claims of itself must hold.
namespace ravine {
namespace {

using point = std::vector<double>;

model make(const std::string& id, const settings& with = {}, rv_dtype type = RV_F64) {
  return model(testing::shipped_plugins().get(component_kind::model, id), nullptr, with, type);
}

/// A landscape in one number of dimensions.
struct claimant {
  std::string id;
  settings with;
  std::string name;  ///< of the test: ackley_3

  model in(rv_dtype type) const { return make(id, with, type); }
};

void PrintTo(const claimant& each, std::ostream* out) { *out << each.name; }

/// Those with a hyperparameter n: in the fewest dimensions that they have, in 3 and in 10.
std::vector<claimant> claimants() {
  std::vector<claimant> all;
  for (const component* each : testing::shipped_plugins().all(component_kind::model)) {
    if (!each->can(RV_MODEL_LANDSCAPE)) continue;
    const auto n = std::ranges::find(each->hyperparameters, "n", &hyperparameter::name);
    if (n == each->hyperparameters.end()) {
      all.push_back({each->id, {}, each->id});
      continue;
    }
    for (const auto dimensions : {static_cast<std::int64_t>(n->minimum), std::int64_t{3}, std::int64_t{10}}) {
      all.push_back({each->id, {{"n", dimensions}}, each->id + '_' + std::to_string(dimensions)});
    }
  }
  return all;
}

double steepest(const point& gradient) {
  return std::abs(*std::ranges::max_element(gradient, {}, [](double g) { return std::abs(g); }));
}

/// Uniform points of the box.
class points_of_box {
 public:
  explicit points_of_box(const rv_landscape& facts) : facts_(facts) {}

  point next() {
    point x(facts_.dimension);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = boost::random::uniform_real_distribution<double>(facts_.lower[i], facts_.upper[i])(random_);
    }
    return x;
  }

 private:
  const rv_landscape& facts_;
  boost::random::mt19937 random_{1};
};

class landscape : public ::testing::TestWithParam<claimant> {};

/// The slope of f along one dimension, by the five-point central difference of step h.
double five_point_slope(model& f, point x, std::size_t dimension, double h) {
  const double here = x[dimension];
  const auto at = [&](double offset) {
    x[dimension] = here + offset;
    return f.loss_gradient(x.data(), nullptr, nullptr);
  };
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

// The difference errs by rounding, of the order of eps |f| / h (8 of which are allowed, for the operations of
// f), and by h^4 / 30 times the fifth derivative: with h = 1e-4 below 1e-12 for waves of amplitude 10 and
// frequency 2 pi. 1e-7 is for values that are small beside the terms of f, and for x + h being rounded.
TEST_P(landscape, has_the_gradient_of_its_function) {
  model f = GetParam().in(RV_F64);
  const rv_landscape& facts = *f.landscape();
  constexpr double h = 1e-4, eps = std::numeric_limits<double>::epsilon();
  points_of_box box(facts);
  point gradient(facts.dimension);
  for (int trial = 0; trial < 1000; ++trial) {
    const point x = box.next();
    const double value = f.loss_gradient(x.data(), nullptr, gradient.data());
    EXPECT_EQ(f.loss_gradient(x.data(), nullptr, nullptr), value);
    const double rounding = 8 * eps * std::max(1.0, std::abs(value)) / h;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double slope = five_point_slope(f, x, i, h);
      const double tolerance = rounding + 1e-7 * (1 + std::abs(gradient[i]));
      ASSERT_NEAR(gradient[i], slope, tolerance) << "point " << trial << ", dimension " << i;
    }
  }
}

TEST_P(landscape, is_flat_and_as_low_as_stated_at_its_minima) {
  model f = GetParam().in(RV_F64);
  const rv_landscape& facts = *f.landscape();
  for (std::uint64_t k = 0; k < facts.minima_count; ++k) {
    const double* const x = facts.minima + k * facts.dimension;
    point gradient(facts.dimension);
    EXPECT_NEAR(f.loss_gradient(x, nullptr, gradient.data()), facts.minimum,
                1e-13 * std::max(1.0, std::abs(facts.minimum)));
    // The minima's coordinates are rounded, and curvatures there reach some hundreds.
    EXPECT_LE(steepest(gradient), 1e-12);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      EXPECT_GE(x[i], facts.lower[i]);
      EXPECT_LE(x[i], facts.upper[i]);
    }
  }
}

TEST_P(landscape, has_no_lower_point_in_its_box_than_its_minima) {
  model f = GetParam().in(RV_F64);
  const rv_landscape& facts = *f.landscape();
  ASSERT_TRUE(facts.minima_count != 0 || (facts.flags & RV_LANDSCAPE_UNBOUNDED_BELOW) != 0);
  if (facts.minima_count == 0) return;
  points_of_box box(facts);
  for (int trial = 0; trial < 10'000; ++trial) {
    ASSERT_GE(f.loss_gradient(box.next().data(), nullptr, nullptr), facts.minimum);
  }
}

TEST_P(landscape, starts_on_a_slope_within_its_box_whatever_the_seed) {
  model f = GetParam().in(RV_F64);
  const rv_landscape& facts = *f.landscape();
  point first(facts.dimension), second(facts.dimension), gradient(facts.dimension);
  f.init(1, first.data());
  f.init(2, second.data());
  EXPECT_EQ(first, second);
  EXPECT_EQ(first, point(facts.start, facts.start + facts.dimension));
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_LE(facts.lower[i], first[i]);
    EXPECT_GE(facts.upper[i], first[i]);
  }
  const double value = f.loss_gradient(first.data(), nullptr, gradient.data());
  EXPECT_GT(steepest(gradient), 1e-3);
  if (facts.minima_count != 0) {
    EXPECT_GT(value, facts.minimum + 1e-2);
  }
}

// Floats have 24 bits, and the sums and products of a value cancel down to a thousandth of their terms:
// 1e-4 of the value, or of the steepest slope.
TEST_P(landscape, agrees_in_float_and_double) {
  model twice = GetParam().in(RV_F64), single = GetParam().in(RV_F32);
  points_of_box box(*twice.landscape());
  for (int trial = 0; trial < 1000; ++trial) {
    const point drawn = box.next();
    std::vector<float> x(drawn.begin(), drawn.end()), g(x.size());
    const point same(x.begin(), x.end());
    point gradient(x.size());
    const double value = twice.loss_gradient(same.data(), nullptr, gradient.data());
    ASSERT_NEAR(single.loss_gradient(x.data(), nullptr, g.data()), value,
                1e-4 * std::max(1.0, std::abs(value)));
    for (std::size_t i = 0; i < g.size(); ++i) {
      ASSERT_NEAR(g[i], gradient[i], 1e-4 * std::max(1.0, steepest(gradient))) << "dimension " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(loaded, landscape, ::testing::ValuesIn(claimants()),
                         [](const auto& each) { return each.param.name; });

TEST(landscapes, are_at_least_twenty_each_with_summary_and_reference) {
  int count = 0;
  for (const component* each : testing::shipped_plugins().all(component_kind::model)) {
    if (!each->can(RV_MODEL_LANDSCAPE)) continue;
    ++count;
    EXPECT_FALSE(each->summary.empty()) << each->id;
    EXPECT_TRUE(std::regex_search(each->reference, std::regex("(19|20)[0-9]{2}"))) << each->id;
  }
  EXPECT_GE(count, 20);
}

// Each formula of the literature at (0.7, -1.3), or at (0.7, -1.3, 2.1), written out and computed apart.
TEST(landscapes, have_the_values_of_their_formulas) {
  struct expectation {
    const char* id;
    settings with;
    double value;
  };
  const std::vector<expectation> all{
      {"himmelblau", {}, 160.7282},
      {"booth", {}, 103.22000000000001},
      {"matyas", {}, 1.0036},
      {"three_hump_camel", {}, 1.527503166666667},
      {"six_hump_camel", {}, 5.249406333333335},
      {"goldstein_price", {}, 2893.60524464},
      {"mccormick", {}, 0.13535752660496492},
      {"easom", {}, -1.426430657485626e-12},
      {"saddle", {}, -1.2000000000000002},
      {"monkey_saddle", {}, -3.2059999999999995},
      {"plateau_valley", {}, 0.21898546175813186},
      {"rastrigin", {{"n", std::int64_t{3}}}, 34.68016994374947},
      {"ackley", {{"n", std::int64_t{3}}}, 6.783095121631517},
      {"styblinski_tang", {{"n", std::int64_t{3}}}, -37.69785},
      {"griewank", {{"n", std::int64_t{3}}}, 0.8389675040011938},
      {"levy", {{"n", std::int64_t{3}}}, 2.2896831885312343},
      {"sphere", {{"n", std::int64_t{3}}}, 6.59},
      {"ellipsoid", {{"n", std::int64_t{3}}}, 4411690.49},
  };
  const point x{0.7, -1.3, 2.1};
  for (const expectation& each : all) {
    model f = make(each.id, each.with);
    EXPECT_NEAR(f.loss_gradient(x.data(), nullptr, nullptr), each.value,
                1e-13 * std::max(1.0, std::abs(each.value)))
        << each.id;
  }
}

std::vector<std::string> tensors_of(const model& f) {
  std::vector<std::string> all;
  for (std::uint64_t i = 0; i < f.layout().raw()->tensor_count; ++i) {
    const rv_tensor& each = *f.layout().raw()->tensors[i];
    all.push_back(std::string(each.name) + (each.role == RV_ROLE_WEIGHT ? " weight" : " bias"));
  }
  return all;
}

TEST(landscapes, of_matrices_name_them) {
  EXPECT_EQ(tensors_of(make("matrix_factorization")), (std::vector<std::string>{"u weight", "v weight"}));
  EXPECT_EQ(tensors_of(make("deep_linear", {{"layers", std::int64_t{2}}})),
            (std::vector<std::string>{"layer0.weight weight", "layer1.weight weight"}));
  EXPECT_EQ(tensors_of(make("teacher_student", {{"hidden", std::vector<std::int64_t>{4}}})),
            (std::vector<std::string>{"hidden0.weight weight", "hidden0.bias bias", "output.weight weight",
                                      "output.bias bias"}));
}

// Eckart & Young 1936: what is left out are the smallest singular values: of 1, 10^-1/2 and 10^-1 the last
// two, or the last.
TEST(landscapes, matrix_factorization_has_the_minimum_of_the_singular_values_left_out) {
  const auto with = [](std::int64_t factors) { return settings{{"factors", factors}}; };
  EXPECT_NEAR(make("matrix_factorization", with(1)).landscape()->minimum, (0.1 + 0.01) / 2, 1e-15);
  EXPECT_NEAR(make("matrix_factorization", with(2)).landscape()->minimum, 0.01 / 2, 1e-15);
  EXPECT_EQ(make("matrix_factorization", with(3)).landscape()->minimum, 0);
  EXPECT_EQ(testing::plugin_error_of([] {
              make("matrix_factorization", {{"rank", std::int64_t{7}}});
            }),
            "matrix_factorization: create: rank is 7, expected at most 6, the smaller of rows and columns");
}

/// Every shape that a hyperparameter makes, at its start and at its minima.
TEST(landscapes, of_matrices_have_exact_gradients_and_minima_in_each_form) {
  const std::vector<std::pair<std::string, settings>> forms{
      {"matrix_factorization", {{"factors", std::int64_t{1}}}},
      {"matrix_factorization", {{"factors", std::int64_t{5}}, {"rows", std::int64_t{5}}}},
      {"deep_linear", {{"layers", std::int64_t{1}}}},
      {"deep_linear", {{"layers", std::int64_t{4}}, {"size", std::int64_t{3}}}},
      {"teacher_student", {{"hidden", std::vector<std::int64_t>{4}}}},
      {"teacher_student", {{"hidden", std::vector<std::int64_t>{3, 5}}, {"inputs", std::int64_t{2}}}},
  };
  for (const auto& [id, with] : forms) {
    SCOPED_TRACE(id + to_string(with));
    model f = make(id, with);
    const rv_landscape& facts = *f.landscape();
    const point start(facts.start, facts.start + facts.dimension);
    point gradient(facts.dimension), there(facts.minima, facts.minima + facts.dimension);
    EXPECT_GT(f.loss_gradient(start.data(), nullptr, gradient.data()), facts.minimum + 1e-2);
    for (std::size_t i = 0; i < start.size(); ++i)
      EXPECT_NEAR(gradient[i], five_point_slope(f, start, i, 1e-3), 1e-9) << i;
    EXPECT_NEAR(f.loss_gradient(there.data(), nullptr, gradient.data()), facts.minimum, 1e-14);
    EXPECT_LE(steepest(gradient), 1e-13);
  }
}

TEST(landscapes, ackley_answers_no_slope_at_its_tip) {
  model f = make("ackley", {{"n", std::int64_t{3}}});
  const point tip(3, 0.0);
  point gradient(3, 7.0);
  EXPECT_EQ(f.loss_gradient(tip.data(), nullptr, gradient.data()), 0);
  EXPECT_EQ(gradient, point(3, 0.0));
}

TEST(landscapes, griewank_has_a_gradient_where_a_cosine_is_zero) {
  model f = make("griewank");
  const point x{std::numbers::pi / 2, 0.5};
  point gradient(2);
  f.loss_gradient(x.data(), nullptr, gradient.data());
  EXPECT_NEAR(gradient[0], x[0] / 2000 + std::cos(0.5 / std::sqrt(2)), 1e-15);
}

TEST(landscapes, three_hump_camel_has_its_local_minima) {
  model f = make("three_hump_camel");
  const point x{1.7475523458302889, -0.8737761729151445};
  point gradient(2);
  EXPECT_NEAR(f.loss_gradient(x.data(), nullptr, gradient.data()), 0.298638, 5e-7);
  EXPECT_LE(steepest(gradient), 1e-13);
}

TEST(landscapes, saddles_start_where_exact_gradients_lead_past_the_saddle) {
  for (const char* id : {"saddle", "monkey_saddle"}) {
    model f = make(id);
    point x(2), gradient(2);
    f.init(0, x.data());
    double closest = 10;
    for (int step = 0; step < 2000 && std::abs(x[1]) < 1; ++step) {
      f.loss_gradient(x.data(), nullptr, gradient.data());
      for (std::size_t i = 0; i < 2; ++i) x[i] -= 0.01 * gradient[i];
      closest = std::min(closest, std::hypot(x[0], x[1]));
    }
    EXPECT_LT(closest, 0.2) << id;
    EXPECT_GE(std::abs(x[1]), 1) << id;
  }
}

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
