#include "train/trial.hpp"
#include "unit/plugins/optimizer_numbers.hpp"
#include "unit/plugins/tensor_support.hpp"
#include "unit/unwatched.hpp"

#include <vector>

#include <gtest/gtest.h>

// sam, which takes the loss a second time. Its paths are in tests/parity.
namespace ravine {
namespace {

using testing::driven_tensors;
using testing::unwatched;

template <class T>
struct sam_steps : testing::optimizer_numbers<T> {};

TYPED_TEST_SUITE(sam_steps, testing::element_types);

trial_result run_on_rosenbrock(const char* use, const settings& with, dtype type) {
  trial_spec spec;
  spec.optimizer.optimizer.use = use;
  spec.optimizer.optimizer.with = with;
  spec.problem.model.use = "rosenbrock";
  spec.problem.type = type;
  spec.train.budget = {50, cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  unwatched observer;
  return run_trial(spec, testing::shipped_plugins(), nullptr, observer, path_recording::every_step);
}

TEST(sam, takes_two_evaluations_a_step) {
  const trial_result result = run_on_rosenbrock("sam", {{"lr", 5e-4}}, dtype::f64);
  ASSERT_EQ(result.status, trial_status::completed) << result.reason;
  EXPECT_EQ(result.spent.steps, 50U);
  EXPECT_EQ(result.spent.evaluations, 100U);
}

TEST(sam, is_momentum_at_a_radius_of_0) {
  for (const dtype type : {dtype::f32, dtype::f64}) {
    const settings with{{"lr", 5e-4}, {"beta", 0.8}};
    settings flat = with;
    flat["rho"] = 0.0;
    const trial_result momentum = run_on_rosenbrock("momentum", with, type);
    EXPECT_EQ(run_on_rosenbrock("sam", flat, type).path.points, momentum.path.points);
    EXPECT_NE(run_on_rosenbrock("sam", with, type).path.points, momentum.path.points);
    EXPECT_EQ(momentum.spent.evaluations, 50U);
  }
}

TYPED_TEST(sam_steps, takes_its_second_gradient_at_the_radius) {
  struct watch {
    std::vector<TypeParam> at;
    static rv_status evaluate(void* self, const void* point, double* loss, void* grads) {
      const auto* const x = static_cast<const TypeParam*>(point);
      static_cast<watch*>(self)->at = {x[0], x[1]};
      *loss = 0;
      static_cast<TypeParam*>(grads)[0] = 10, static_cast<TypeParam*>(grads)[1] = 20;
      return RV_OK;
    }
  } seen;
  rv_closure closure{sizeof(rv_closure), 0, &seen, watch::evaluate};
  driven_tensors<TypeParam> sam(this->find("sam"), {{"lr", 0.1}, {"rho", 0.5}}, {1, 1},
                                {{"x", RV_ROLE_COORDINATE, {2}}});
  sam.step({3, -4}, closure);
  EXPECT_NEAR(seen.at[0], 1.3, this->rounding);
  EXPECT_NEAR(seen.at[1], 0.6, this->rounding);
  EXPECT_NEAR(sam.params()[0], 0, this->rounding);
  EXPECT_NEAR(sam.params()[1], -1, this->rounding);
  const std::vector<TypeParam> here(sam.params().begin(), sam.params().end());
  sam.step({0, 0}, closure);
  EXPECT_EQ(seen.at, here) << "there is no way up";
}

}  // namespace
}  // namespace ravine
