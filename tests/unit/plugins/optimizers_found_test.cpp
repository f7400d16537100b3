#include "unit/plugins/model_support.hpp"
#include "unit/plugins/optimizer_numbers.hpp"
#include "unit/plugins/tensor_support.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

// Rules that find their rate (prodigy, dadapt_adam, dowg), and those that look at more than a gradient's
// elements (mars, sophia_h, soap, shampoo): what theory promises of them.
namespace ravine {
namespace {

using testing::driven_optimizer;
using testing::driven_tensors;
using testing::random_numbers;
using testing::tensor_shape;

template <class T>
struct found_rates : testing::optimizer_numbers<T> {};

TYPED_TEST_SUITE(found_rates, testing::element_types);

/// Where a method gets in `steps` steps on scale |x - 3|, from 0.
template <class T>
T point_reached(const component& which, const settings& with, double scale, int steps) {
  driven_optimizer<T> method(which, with, {0});
  for (int t = 0; t < steps; ++t) method.step({T(method.param() < 3 ? -scale : scale)});
  return method.param();
}

TYPED_TEST(found_rates, do_not_depend_on_the_scale_of_the_loss) {
  for (const char* id : {"prodigy", "dadapt_adam", "dowg"}) {
    settings with;
    if (std::string(id) != "dowg") with["eps"] = 0.0;
    // Powers of 2 scale without rounding.
    const TypeParam once = point_reached<TypeParam>(this->find(id), with, 1, 60);
    EXPECT_EQ(point_reached<TypeParam>(this->find(id), with, 1024, 60), once) << id;
    EXPECT_EQ(point_reached<TypeParam>(this->find(id), with, 1.0 / 1024, 60), once) << id;
  }
}

TYPED_TEST(found_rates, come_nearer_to_a_minimum_that_is_a_million_first_steps_away) {
  // Rates do not fall, so that they go on about it, as far as the distance that was found lets them.
  for (const char* id : {"prodigy", "dadapt_adam", "dowg"})
    EXPECT_NEAR(point_reached<TypeParam>(this->find(id), {}, 1, 2000), 3, 2) << id;
}

TYPED_TEST(found_rates, prodigys_distance_is_a_lower_bound) {
  // <g, p0 - p> is at most <g, p0 - 3> where the loss is convex, and the sums have the same weights.
  driven_optimizer<TypeParam> method(this->find("prodigy"), {}, {0});
  const auto distance = [&] { return static_cast<const double*>(method.wrapped().state().pointers()[4])[0]; };
  EXPECT_EQ(distance(), 1e-6);
  double before = 0;
  for (int t = 0; t < 2000; ++t) {
    method.step({TypeParam(method.param() < 3 ? -1 : 1)});
    EXPECT_LE(before, distance());
    EXPECT_LE(distance(), 3 * (1 + 100 * this->rounding));
    before = distance();
  }
  EXPECT_GT(distance(), 0.3);
}

TYPED_TEST(found_rates, dowg_takes_first_steps_of_the_distance_it_is_given) {
  driven_optimizer<TypeParam> method(this->find("dowg"), {{"distance", 0.25}}, {1, 1});
  method.step({3, 4});  // v = r^2 25, and r^2 / sqrt(v) = 0.25 / 5
  EXPECT_NEAR(method.params()[0], 1 - 0.25 * 3 / 5, this->rounding);
  EXPECT_NEAR(method.params()[1], 1 - 0.25 * 4 / 5, this->rounding);
}

TYPED_TEST(found_rates, mars_without_differences_is_adamw_on_short_gradients) {
  driven_optimizer<TypeParam> adamw(this->find("adamw"), {{"weight_decay", 0.0}, {"lr", 0.1}}, {1, 1});
  const settings with{{"gamma", 0.0}, {"lr", 0.1}, {"beta1", 0.9}, {"beta2", 0.999}};
  driven_optimizer<TypeParam> mars(this->find("mars"), with, {1, 1});
  for (const double g : {0.5, -0.25, 0.125}) {
    adamw.step({TypeParam(g), TypeParam(-g)});
    mars.step({TypeParam(g), TypeParam(-g)});
  }
  for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(mars.params()[i], adamw.params()[i], 4 * this->rounding);
}

TYPED_TEST(found_rates, mars_shortens_gradients_and_adds_their_difference) {
  const settings with{{"lr", 0.1}, {"gamma", 0.5}, {"beta1", 0.5}, {"beta2", 0.0}, {"eps", 0.0}};
  driven_optimizer<TypeParam> mars(this->find("mars"), with, {0, 0});
  mars.step({3, 4});
  EXPECT_NEAR(mars.state(0), 0.5 * 0.6, this->rounding) << "c = (3, 4) / 5";
  mars.step({TypeParam(0.25), TypeParam(0.5)});  // c = (0.25, 0.5) + 0.5 ((0.25, 0.5) - (3, 4))
  const double first = 0.25 + 0.5 * (0.25 - 3), second = 0.5 + 0.5 * (0.5 - 4);
  EXPECT_NEAR(mars.state(0), 0.5 * 0.3 + 0.5 * first / std::hypot(first, second), 4 * this->rounding);
}

/// Half the sum of curvature_i x_i^2.
template <class T>
struct quadratic {
  static constexpr T curvatures[] = {T(0.5), T(4)};
  rv_closure closure{sizeof(rv_closure), 0, this, [](void*, const void* point, double* loss, void* grads) {
                       *loss = 0;
                       for (int i = 0; i < 2; ++i) {
                         const T x = static_cast<const T*>(point)[i];
                         *loss += double(curvatures[i] * x * x / 2);
                         if (grads != nullptr) static_cast<T*>(grads)[i] = curvatures[i] * x;
                       }
                       return rv_status{RV_OK};
                     }};
};

TYPED_TEST(found_rates, sophia_h_finds_the_curvatures_of_a_quadratic) {
  const settings with{{"lr", 0.1}, {"beta1", 0.0}, {"beta2", 0.0}, {"gamma", 1.0}, {"difference", 0.5}};
  driven_optimizer<TypeParam> method(this->find("sophia_h"), with, {TypeParam(0.0625), TypeParam(1)});
  const quadratic<TypeParam> loss;
  method.step({TypeParam(0.5 * 0.0625), 4}, 0, loss.closure);
  const auto* const h = static_cast<const TypeParam*>(method.wrapped().state().pointers()[1]);
  EXPECT_NEAR(h[0], 0.5, 8 * this->rounding);
  EXPECT_NEAR(h[1], 4, 8 * this->rounding);
  EXPECT_NEAR(method.params()[0], 0.0625 - 0.1 * 0.0625, this->rounding) << "a Newton step";
  EXPECT_NEAR(method.params()[1], 1 - 0.1, this->rounding) << "as far as a Newton step of 1 is clipped";
}

const std::vector<tensor_shape> one_matrix{{"weight", RV_ROLE_WEIGHT, {2, 3}}};

TYPED_TEST(found_rates, soap_without_rotations_is_adamw_one_step_later) {
  const settings with{
      {"lr", 0.1}, {"largest", std::int64_t{1}}, {"beta1", 0.9}, {"beta2", 0.999}, {"eps", 0.0}};
  const auto numbers = [](std::uint32_t seed) { return random_numbers<TypeParam>(6, 1, seed); };
  driven_tensors<TypeParam> soap(this->find("soap"), with, numbers(1), one_matrix);
  driven_tensors<TypeParam> adamw(this->find("adamw"), {{"lr", 0.1}, {"weight_decay", 0.0}, {"eps", 0.0}},
                                  numbers(1), one_matrix);
  soap.step(numbers(2));
  EXPECT_TRUE(std::ranges::equal(soap.params(), numbers(1))) << "the first step moves nothing";
  for (std::uint32_t t = 3; t < 6; ++t) {
    soap.step(numbers(t));
    adamw.step(numbers(t));
  }
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(soap.params()[i], adamw.params()[i], 8 * this->rounding);
}

TYPED_TEST(found_rates, shampoo_makes_singular_values_equal_at_first) {
  // G = U diag(2, 8) V' has L^-1/4 G R^-1/4 = U V' where eps is small beside their squares.
  const double c = 0.6, s = 0.8;
  const std::vector<TypeParam> g{TypeParam(2 * c), TypeParam(-8 * s), 0,
                                 TypeParam(2 * s), TypeParam(8 * c),  0};
  driven_tensors<TypeParam> method(this->find("shampoo"), {{"lr", 0.5}, {"eps", 1e-6}},
                                   std::vector<TypeParam>(6), one_matrix);
  method.step(g);
  const std::vector<double> orthogonal{c, -s, 0, s, c, 0};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(method.params()[i], -0.5 * orthogonal[i], 1e-4) << i;
}

TYPED_TEST(found_rates, shampoo_of_a_vector_is_adagrad_with_full_matrices) {
  driven_optimizer<TypeParam> method(this->find("shampoo"), {{"lr", 0.5}, {"eps", 0.25}}, {0, 0});
  method.step({3, 4});  // (0.25 I + g g')^-1/2 g = g / sqrt(0.25 + 25)
  EXPECT_NEAR(method.params()[0], -0.5 * 3 / std::sqrt(25.25), 16 * this->rounding);
  EXPECT_NEAR(method.params()[1], -0.5 * 4 / std::sqrt(25.25), 16 * this->rounding);
  const settings with{{"lr", 0.5}, {"eps", 0.25}, {"largest", std::int64_t{1}}};
  driven_optimizer<TypeParam> diagonal(this->find("shampoo"), with, {0, 0});
  diagonal.step({3, 4});
  EXPECT_NEAR(diagonal.params()[0], -0.5 * 3 / std::sqrt(9.25), 4 * this->rounding);
  EXPECT_NEAR(diagonal.params()[1], -0.5 * 4 / std::sqrt(16.25), 4 * this->rounding);
}

}  // namespace
}  // namespace ravine
