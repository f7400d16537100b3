#include "train/curvature.hpp"

#include "train/lanczos.hpp"
#include "train/steady_loss.hpp"
#include "train/vector_math.hpp"
#include "unit/train/checkpoint_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numbers>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using namespace ravine::testing;

using matrix = std::vector<std::vector<double>>;

matrix_product product_with(const matrix& a) {
  return [&a](std::span<const double> v, std::span<double> to) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = std::inner_product(v.begin(), v.end(), a[i].begin(), 0.0);
    }
  };
}

found_eigenvalue largest_of(const matrix& a) {
  return largest_eigenvalue(a.size(), product_with(a), 5, {.residual = 1e-10, .most = 200});
}

/// 2 on the diagonal and -1 beside it: its eigenvalues are 2 - 2 cos(k pi / (n + 1)).
matrix second_differences(std::size_t n) {
  matrix a(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    a[i][i] = 2;
    if (i + 1 < n) a[i][i + 1] = a[i + 1][i] = -1;
  }
  return a;
}

TEST(lanczos, finds_the_largest_eigenvalue_of_a_matrix_whose_spectrum_is_known) {
  for (const std::size_t n : {1U, 2U, 3U, 10U, 60U}) {
    const double expected =
        2 - 2 * std::cos(static_cast<double>(n) * std::numbers::pi / static_cast<double>(n + 1));
    const found_eigenvalue found = largest_of(second_differences(n));
    EXPECT_NEAR(found.value, expected, 1e-9 * expected) << n;
    EXPECT_LE(found.residual, 1e-9 * expected) << n;
  }
}

TEST(lanczos, takes_the_largest_by_sign) {
  EXPECT_NEAR(largest_of({{-100, 0, 0}, {0, 3, 0}, {0, 0, 1}}).value, 3, 1e-9);
  EXPECT_NEAR(largest_of({{-7, 0}, {0, -2}}).value, -2, 1e-9);
}

/// A residual that is reported bounds the error, however early the search ends.
TEST(lanczos, bounds_its_error) {
  const matrix a = second_differences(60);
  for (const std::size_t most : {2U, 5U, 12U}) {
    const found_eigenvalue found = largest_eigenvalue(60, product_with(a), 5, {.most = most});
    EXPECT_EQ(found.products, most);
    double nearest = 4;
    for (int k = 1; k <= 60; ++k) {
      nearest = std::min(nearest, std::abs(found.value - (2 - 2 * std::cos(k * std::numbers::pi / 61))));
    }
    EXPECT_LE(nearest, found.residual * (1 + 1e-9));
  }
}

/// A diagonal of random numbers up to 1 and, alone above them, 1 + gap, whose products are known to `noise`.
found_eigenvalue settled(double gap, double noise, const eigenvalue_stop& stop) {
  constexpr std::size_t n = 2000;
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> some(-0.2, 1);
  std::normal_distribution<double> error(0, noise / std::sqrt(static_cast<double>(n)));
  std::vector<double> diagonal(n, 1 + gap);
  for (std::size_t i = 1; i < n; ++i) diagonal[i] = some(random);
  const auto multiply = [&](std::span<const double> v, std::span<double> to) {
    for (std::size_t i = 0; i < n; ++i) to[i] = diagonal[i] * v[i] + error(random);
  };
  return largest_eigenvalue(n, multiply, 5, stop);
}

TEST(lanczos, ends_once_the_eigenvalue_rises_no_more) {
  for (const double noise : {0.0, 1e-3}) {
    for (const double gap : {1.0, 0.1, 0.01, 1e-3}) {
      const found_eigenvalue found = settled(gap, noise, {.residual = 1e-4, .rise = 2.5e-5, .most = 400});
      EXPECT_NEAR(found.value, 1 + gap, 1e-4 * (1 + gap)) << gap << ", " << noise;
      EXPECT_LE(found.products, settled(gap, noise, {.residual = 1e-4, .most = 400}).products);
      EXPECT_LT(found.products, 150U);
    }
  }
}

/// A smooth network of 54 parameters on ten examples, each a class of its own.
trial_spec small_network() {
  trial_spec spec = trial_of("mlp", "sgd", 6, {{"lr", 0.5}},
                             {{"hidden", std::vector<std::int64_t>{3}}, {"activation", std::string("tanh")}});
  spec.problem.data = data_request{"labelled rows", {}};
  spec.train.batch_size = 0;
  spec.evaluate.curvature = curvature_spec{{2, cost_unit::steps}, 1000, 0.05};
  return spec;
}

/// A network with weights of some size, at a point that is no minimum.
template <class T>
struct place {
  explicit place(const trial_spec& spec, const dataset* data)
      : loss(spec, trial_plugins(), data), params(loss.layout().size()) {
    loss.start(params);
    for (std::size_t i = 0; i < params.size(); ++i) {
      params[i] += static_cast<T>(0.3 * std::sin(1 + 3 * static_cast<double>(i)));
    }
  }

  std::map<std::string, double> measured(const dataset* data, const curvature_spec& what) {
    curvature_watch<T> watch(loss, data, what, what.every.count, 11);
    return watch.after_step(0, params);
  }

  objective<T> loss;
  std::vector<T> params;
};

/// By central differences of gradients along each coordinate.
matrix dense_hessian(place<double>& at, steady_loss<double>& loss) {
  constexpr double away = 1e-5;
  const std::size_t n = at.params.size();
  matrix hessian(n, std::vector<double>(n));
  std::vector<double> right(n), left(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> near = at.params;
    near[i] += away;
    loss.at(near.data(), right);
    near[i] -= 2 * away;
    loss.at(near.data(), left);
    for (std::size_t j = 0; j < n; ++j) hessian[i][j] = (right[j] - left[j]) / (2 * away);
  }
  return hessian;
}

/// By the power method on H + 100, whose eigenvalues are all positive.
double largest_by_powers(const matrix& hessian) {
  constexpr double shift = 100;
  std::vector<double> v(hessian.size(), 1), next(v.size());
  double length = 0;
  for (int step = 0; step < 20'000; ++step) {
    for (std::size_t i = 0; i < v.size(); ++i) {
      next[i] = shift * v[i] + std::inner_product(v.begin(), v.end(), hessian[i].begin(), 0.0);
    }
    length = norm<double>(next);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = next[i] / length;
  }
  return length - shift;
}

TEST(curvature, has_the_largest_eigenvalue_of_the_dense_hessian) {
  const dataset data = labelled_rows(10);
  place<double> at(small_network(), &data);
  steady_loss<double> loss(at.loss, &data, 1000, 11);
  const double expected = largest_by_powers(dense_hessian(at, loss));
  ASSERT_GT(expected, 0.1);
  const double found = at.measured(&data, {{1, cost_unit::steps}}).at("hessian_eigenvalue");
  EXPECT_NEAR(found, expected, 1e-4 * expected);

  trial_spec in_f32 = small_network();
  in_f32.problem.type = dtype::f32;
  place<float> rounded(in_f32, &data);
  const double coarse = rounded.measured(&data, {{1, cost_unit::steps}}).at("hessian_eigenvalue");
  EXPECT_NEAR(coarse, expected, 1e-3 * expected);
}

/// Over a few kinks alone any slope would be found: the nearer one looks, the greater.
TEST(curvature, of_a_network_with_kinks_does_not_depend_on_the_type_of_numbers) {
  trial_spec spec =
      trial_of("mlp", "sgd", 6, {},
               {{"hidden", std::vector<std::int64_t>{64, 32}}, {"activation", std::string("relu")}});
  spec.problem.data = data_request{"digits", {}};
  spec.train.batch_size = 200;
  const curvature_spec what{{1, cost_unit::steps}, 200};
  place<double> at(spec, &digits());
  const double found = at.measured(&digits(), what).at("hessian_eigenvalue");
  spec.problem.type = dtype::f32;
  place<float> rounded(spec, &digits());
  EXPECT_NEAR(rounded.measured(&digits(), what).at("hessian_eigenvalue"), found, 0.05 * found);
}

TEST(curvature, has_the_rise_that_sam_looks_for) {
  const dataset data = labelled_rows(10);
  place<double> at(small_network(), &data);
  steady_loss<double> loss(at.loss, &data, 1000, 11);
  std::vector<double> gradient(at.params.size());
  const double here = loss.at(at.params.data(), gradient);
  EXPECT_DOUBLE_EQ(here, loss.at(at.params.data()));
  std::vector<double> there = at.params;
  for (std::size_t i = 0; i < there.size(); ++i) there[i] += 0.2 * gradient[i] / norm<double>(gradient);
  const auto found = at.measured(&data, {{1, cost_unit::steps}, 1000, 0.2});
  EXPECT_NEAR(found.at("sam_sharpness"), loss.at(there.data()) - here, 1e-14);
}

/// Ten examples are ten parts of one: then the estimates are the sample covariance and what is left without
/// it.
TEST(curvature, has_the_noise_scale_of_the_examples) {
  const dataset data = labelled_rows(10);
  place<double> at(small_network(), &data);
  const std::size_t n = at.params.size();
  at.params[n - 10] =
      6;  // the bias of a class that is then predicted for all: their gradients have something in common
  steady_loss<double> loss(at.loss, &data, 1000, 11);
  ASSERT_EQ(loss.examples_in_part(), 1U);
  matrix gradients;
  std::vector<double> mean(n);
  loss.at(at.params.data(), mean,
          [&](std::span<const double> one) { gradients.emplace_back(one.begin(), one.end()); });
  ASSERT_THAT(gradients, SizeIs(10));
  double trace = 0, of_mean = 0;
  for (std::size_t i = 0; i < n; ++i) {
    of_mean += mean[i] * mean[i];
    for (const auto& each : gradients) trace += (each[i] - mean[i]) * (each[i] - mean[i]) / 9;
  }
  const double expected = trace / (of_mean - trace / 10);
  ASSERT_GT(expected, 0);
  const auto found = at.measured(&data, {{1, cost_unit::steps}});
  EXPECT_NEAR(found.at("gradient_noise_scale"), expected, 1e-9 * expected);
}

std::map<std::uint64_t, double> along(const trial_result& result, const std::string& metric) {
  std::map<std::uint64_t, double> found;
  for (const evaluation& each : result.evaluations) {
    if (each.metrics.contains(metric)) found[each.at.steps] = each.metrics.at(metric);
  }
  return found;
}

std::vector<std::uint64_t> steps_of(const std::map<std::uint64_t, double>& curve) {
  std::vector<std::uint64_t> steps;
  for (const auto& [step, value] : curve) steps.push_back(step);
  return steps;
}

/// matyas is 0.26 (x^2 + y^2) - 0.48 x y: its Hessian has the eigenvalues 1 and 0.04 wherever it is turned.
TEST(curvature, of_a_landscape_is_that_of_the_function_without_its_noise) {
  trial_spec spec = noisy_valley("momentum");
  spec.evaluate.curvature = curvature_spec{{10, cost_unit::steps}};
  const auto eigenvalues = along(run(spec), "hessian_eigenvalue");
  EXPECT_THAT(steps_of(eigenvalues), ElementsAre(0, 10, 20, 30, 40));
  for (const auto& [step, value] : eigenvalues) EXPECT_NEAR(value, 1, 1e-6) << step;
  EXPECT_THAT(along(run(spec), "gradient_noise_scale"), IsEmpty());
}

TEST(curvature, has_the_cosine_between_the_last_two_updates) {
  trial_spec spec = trial_of("rosenbrock", "momentum", 12, {{"lr", 1e-3}});
  spec.evaluate.curvature = curvature_spec{{3, cost_unit::steps}};
  const trial_result result = run(spec, nullptr, path_recording::every_step);
  const auto cosines = along(result, "update_cosine");
  EXPECT_THAT(steps_of(cosines), ElementsAre(3, 6, 9, 12));
  const auto change = [&](std::uint64_t step, std::size_t axis) {
    return result.path.points[2 * step + axis] - result.path.points[2 * step - 2 + axis];
  };
  for (const auto& [step, value] : cosines) {
    const double ax = change(step, 0), ay = change(step, 1), bx = change(step - 1, 0),
                 by = change(step - 1, 1);
    EXPECT_NEAR(value, (ax * bx + ay * by) / (std::hypot(ax, ay) * std::hypot(bx, by)), 1e-6) << step;
  }
}

/// Those of metrics that are measured without the curvature too.
trial_result without_curvature(trial_result result) {
  std::erase_if(result.evaluations, [](evaluation& each) {
    for (const char* name :
         {"hessian_eigenvalue", "sam_sharpness", "gradient_noise_scale", "update_cosine"}) {
      each.metrics.erase(name);
    }
    return !each.metrics.contains("validation_loss");
  });
  return result;
}

TEST(curvature, changes_no_bit_of_a_training) {
  const trial_spec plain = network("momentum");
  trial_spec watched = plain;
  watched.evaluate.curvature = curvature_spec{{3, cost_unit::steps}, 60, 0.05};
  const trial_result result = run(watched, &digits());
  EXPECT_THAT(evaluated_steps(result), ElementsAre(0, 3, 4, 6, 8, 9, 12, 15));
  EXPECT_THAT(steps_of(along(result, "hessian_eigenvalue")), ElementsAre(0, 3, 6, 9, 12, 15));
  EXPECT_EQ(bits_of(without_curvature(result)), bits_of(run(plain, &digits())));
}

TEST(curvature, is_the_same_after_a_checkpoint_at_any_step) {
  trial_spec spec = network("momentum");
  spec.evaluate.curvature = curvature_spec{{3, cost_unit::steps}, 60, 0.05};
  spec.checkpoint_every = amount{1, cost_unit::steps};
  keeper plain;
  const trial_result expected = run_from(spec, plain, {}, &digits());
  ASSERT_THAT(plain.checkpoints, SizeIs(14));
  for (const std::size_t step : {2U, 3U, 4U, 8U, 12U}) {
    keeper seen;
    const trial_result result = run_from(spec, seen, plain.checkpoints[step - 1], &digits());
    EXPECT_THAT(seen.refused, IsEmpty());
    EXPECT_EQ(bits_of(result), bits_of(expected)) << step;
    EXPECT_EQ(seen.reported, plain.reported) << step;
  }
}

/// The shorter trial ends after its 5th step, where the longer one does not evaluate; the curvature is due
/// there or is not.
TEST(curvature, goes_on_with_a_longer_budget) {
  for (const double every : {3.0, 5.0}) {
    trial_spec longer = network("momentum"), shorter = longer;
    for (trial_spec* each : {&longer, &shorter}) {
      each->evaluate.curvature = curvature_spec{{every, cost_unit::steps}, 60, 0.05};
      each->checkpoint_every.reset();
    }
    shorter.train.budget.count = 1;
    shorter.checkpoint_at_end = true;
    keeper first, plain, seen;
    run_from(shorter, first, {}, &digits());
    ASSERT_THAT(first.end_states, SizeIs(1));
    const trial_result expected = run_from(longer, plain, {}, &digits());
    const trial_result result = run_from(longer, seen, first.end_states.front(), &digits());
    EXPECT_THAT(seen.went_on_from, ElementsAre(5));
    EXPECT_EQ(bits_of(result), bits_of(expected)) << every;
  }
}

TEST(curvature, is_no_part_of_what_a_trial_costs) {
  trial_spec spec = small_network();
  const dataset data = labelled_rows(10);
  const trial_result result = run(spec, &data);
  EXPECT_EQ(result.spent.evaluations, 6U);
  EXPECT_THAT(along(result, "hessian_eigenvalue"), Not(IsEmpty()));
  EXPECT_THAT(steps_of(along(result, "value.lr")), ElementsAre(2, 4, 6));
}

TEST(curvature, is_part_of_what_a_trial_is_only_where_it_is_measured) {
  trial_spec spec = small_network();
  const std::string watched = content_hash(spec);
  spec.evaluate.curvature->rho = 0.1;
  EXPECT_NE(content_hash(spec), watched);
  spec.evaluate.curvature.reset();
  EXPECT_EQ(to_json(spec).find("curvature"), std::string::npos);
}

}  // namespace
}  // namespace ravine
