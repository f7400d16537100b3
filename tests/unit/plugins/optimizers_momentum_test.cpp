#include "unit/plugins/optimizer_numbers.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// nag in both forms, and weight decay as an L2 term of the gradient.
namespace ravine {
namespace {

using testing::driven_optimizer;

template <class T>
struct momentum_optimizers : testing::optimizer_numbers<T> {
  static settings nag(const char* form) { return {{"lr", 0.1}, {"beta", 0.5}, {"form", std::string(form)}}; }

  /// Where the next gradient is wanted.
  static T gradient_point(driven_optimizer<T>& driven) {
    T point{};
    const auto use = driven.wrapped().gradient_point(driven.describe(nullptr), &point);
    return use == optimizer::point_use::own_point ? point : driven.param();
  }
};

TYPED_TEST_SUITE(momentum_optimizers, testing::element_types);

TYPED_TEST(momentum_optimizers, nag_wants_the_gradient_ahead) {
  driven_optimizer<TypeParam> nag(this->find("nag"), this->nag("lookahead"), {5});
  this->expect_near(this->gradient_point(nag), 5);
  nag.step({2});  // v 0.2
  this->expect_near(nag.param(), 4.8);
  this->expect_near(this->gradient_point(nag), 4.7);
  nag.step({-1});  // v 0
  this->expect_near(nag.state(0), 0);
  this->expect_near(nag.param(), 4.8);
}

TYPED_TEST(momentum_optimizers, nag_reformulated_takes_the_gradient_where_it_is) {
  driven_optimizer<TypeParam> nag(this->find("nag"), this->nag("reformulated"), {5});
  nag.step({2});  // v 2
  this->expect_near(nag.param(), 5 - 0.1 * (2 + 0.5 * 2));
  this->expect_near(this->gradient_point(nag), nag.param());
  nag.step({-1});  // v 0
  this->expect_near(nag.param(), 4.7 + 0.1);
}

TYPED_TEST(momentum_optimizers, nag_forms_visit_the_same_points_at_a_constant_rate) {
  for (const double decay : {0.0, 0.3}) {
    settings ahead = this->nag("lookahead"), here = this->nag("reformulated");
    ahead["weight_decay"] = here["weight_decay"] = decay;
    driven_optimizer<TypeParam> lookahead(this->find("nag"), ahead, {1}), plain(this->find("nag"), here, {1});
    const auto gradient = [](TypeParam x) { return 3 * x + std::sin(x); };
    for (int t = 0; t < 30; ++t) {
      this->expect_near(this->gradient_point(lookahead), plain.param());
      lookahead.step({gradient(this->gradient_point(lookahead))});
      plain.step({gradient(plain.param())});
    }
  }
}

TYPED_TEST(momentum_optimizers, nag_forms_differ_when_the_rate_drops) {
  driven_optimizer<TypeParam> lookahead(this->find("nag"), this->nag("lookahead"), {0}),
      plain(this->find("nag"), this->nag("reformulated"), {0});
  for (auto* each : {&lookahead, &plain}) {
    each->step({1});
    each->set(0, 0.0);
    each->step({1});
  }
  this->expect_near(lookahead.param(), -0.15);  // the velocity keeps the rate at which the gradient entered
  this->expect_near(plain.param(), -0.15);      // which here has moved the point ahead already
  this->expect_near(this->gradient_point(lookahead), -0.175);
}

TYPED_TEST(momentum_optimizers, weight_decay_joins_the_gradient) {
  driven_optimizer<TypeParam> sgd(this->find("sgd"), {{"lr", 0.1}, {"weight_decay", 0.5}}, {4});
  sgd.step({1});
  this->expect_near(sgd.param(), 4 - 0.1 * (1 + 0.5 * 4));
  driven_optimizer<TypeParam> momentum(
      this->find("momentum"),
      {{"lr", 0.1}, {"beta", 0.5}, {"form", std::string("heavy_ball")}, {"weight_decay", 0.5}}, {4});
  momentum.step({1});
  this->expect_near(momentum.state(0), 3);
  momentum.step({1});
  this->expect_near(momentum.state(0), 1.5 + 1 + 0.5 * 3.7);
}

}  // namespace
}  // namespace ravine
