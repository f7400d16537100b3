#include "model_support.hpp"
#include "tensor_support.hpp"
#include "train/trial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// Optimizers that PyTorch 1.13 does not have: what each of them promises. Their paths are in tests/parity.
namespace ravine {
namespace {

using testing::driven_optimizer;
using testing::driven_tensors;
using testing::random_numbers;
using testing::tensor_shape;

template <class T>
struct modern_optimizers : ::testing::Test {
  static constexpr double rounding = 16 * static_cast<double>(std::numeric_limits<T>::epsilon());

  static const component& find(const char* id) {
    return testing::shipped_plugins().get(component_kind::optimizer, id);
  }
};

using element_types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(modern_optimizers, element_types);

/// A layer of 2 x 2 weights and two biases.
const std::vector<tensor_shape> layer{{"weight", RV_ROLE_WEIGHT, {2, 2}}, {"bias", RV_ROLE_BIAS, {2}}};

template <class T>
double length(std::span<const T> x) {
  double sum = 0;
  for (const T each : x) sum += static_cast<double>(each) * static_cast<double>(each);
  return std::sqrt(sum);
}

/// How far the parameters were moved from `start`.
template <class T>
std::vector<T> moves(driven_tensors<T>& driven, const std::vector<T>& start) {
  std::vector<T> moved(driven.params().begin(), driven.params().end());
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] -= start[i];
  return moved;
}

TYPED_TEST(modern_optimizers, lion_moves_every_coordinate_by_the_rate) {
  driven_optimizer<TypeParam> lion(this->find("lion"), {{"lr", 0.125}}, {1, 1, 1, 1});
  lion.step({3, -0.001F, 1e6F, 0});
  EXPECT_EQ(lion.params()[0], TypeParam{0.875});
  EXPECT_EQ(lion.params()[1], TypeParam{1.125});
  EXPECT_EQ(lion.params()[2], TypeParam{0.875});
  EXPECT_EQ(lion.params()[3], TypeParam{1}) << "sign(0) is 0";
}

TYPED_TEST(modern_optimizers, lion_weighs_the_gradient_against_its_memory) {
  driven_optimizer<TypeParam> lion(this->find("lion"), {{"lr", 0.125}}, {0});
  lion.step({1});
  EXPECT_NEAR(lion.state(0), 0.01, this->rounding);
  lion.step({TypeParam(-0.05)});  // 0.9 x 0.01 - 0.1 x 0.05 is above 0 still
  EXPECT_EQ(lion.param(), TypeParam{-0.25});
  EXPECT_NEAR(lion.state(0), 0.99 * 0.01 - 0.01 * 0.05, this->rounding);
  lion.step({TypeParam(-1)});
  EXPECT_EQ(lion.param(), TypeParam{-0.125});
}

TYPED_TEST(modern_optimizers, lion_spares_biases_from_decay_when_asked) {
  const std::vector<TypeParam> start(6, 2), g(6, 1);
  const settings decaying{{"lr", 0.125}, {"weight_decay", 0.5}};
  driven_tensors<TypeParam> all(this->find("lion"), decaying, start, layer);
  all.step(g);
  for (const TypeParam p : all.params()) EXPECT_EQ(p, TypeParam{1.75});
  settings sparing = decaying;
  sparing["decay_biases"] = false;
  driven_tensors<TypeParam> weights(this->find("lion"), sparing, start, layer);
  weights.step(g);
  EXPECT_EQ(weights.params()[3], TypeParam{1.75});
  EXPECT_EQ(weights.params()[4], TypeParam{1.875});
}

TYPED_TEST(modern_optimizers, lion_may_be_split) {
  ASSERT_TRUE(this->find("lion").can(RV_OPTIMIZER_ELEMENTWISE));
  const settings with{{"lr", 0.1}, {"weight_decay", 0.5}};
  const auto start = random_numbers<TypeParam>(6, 1, 1), g = random_numbers<TypeParam>(6, 1, 2);
  driven_optimizer<TypeParam> whole(this->find("lion"), with, start), split(this->find("lion"), with, start);
  for (int t = 0; t < 3; ++t) {
    whole.step(g);
    split.step(g, {{5, 1}, {0, 3}, {3, 2}});
  }
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(whole.params()[i], split.params()[i]);
}

TYPED_TEST(modern_optimizers, lamb_moves_each_tensor_by_the_rate_times_its_norm) {
  const std::vector<TypeParam> start{3, -4, 1, 2, TypeParam(0.1), TypeParam(-0.2)};
  driven_tensors<TypeParam> lamb(this->find("lamb"), {{"lr", 0.01}}, start, layer);
  for (int t = 0; t < 3; ++t) {
    const std::vector<TypeParam> before(lamb.params().begin(), lamb.params().end());
    lamb.step({100, -2, 30, 4, TypeParam(1e-3), 7});
    const std::vector<TypeParam> moved = moves(lamb, before);
    const auto weight = std::span(moved).first(4), bias = std::span(moved).subspan(4);
    EXPECT_NEAR(length<TypeParam>(weight) / length<TypeParam>(std::span(before).first(4)), 0.01,
                100 * this->rounding);
    EXPECT_NEAR(length<TypeParam>(bias) / length<TypeParam>(std::span(before).subspan(4)), 0.01,
                100 * this->rounding);
  }
}

TYPED_TEST(modern_optimizers, lamb_gives_what_is_not_adapted_adams_step) {
  const std::vector<TypeParam> g{3, -4, 1, 2, 5, -6};
  settings with{{"lr", 0.01}, {"eps", 0.0}, {"weight_decay", 0.0}};
  driven_tensors<TypeParam> at_zero(this->find("lamb"), with, std::vector<TypeParam>(6), layer);
  with["adapt_biases"] = false;
  driven_tensors<TypeParam> spared(this->find("lamb"), with, {1, 1, 1, 1, 2, 2}, layer);
  at_zero.step(g);
  spared.step(g);
  EXPECT_NEAR(at_zero.params()[0], -0.01, this->rounding);
  EXPECT_NEAR(spared.params()[4], 1.99, this->rounding);
  EXPECT_NEAR(spared.params()[5], 2.01, this->rounding);
  EXPECT_NEAR(spared.params()[0], 0.99, this->rounding) << "trust is |p| / |u| = 2 / 2";
}

TYPED_TEST(modern_optimizers, lars_moves_each_tensor_by_the_trusted_share_of_its_norm) {
  const std::vector<TypeParam> start{3, -4, 0, 0, TypeParam(0.6), TypeParam(-0.8)};
  const settings with{{"lr", 2.0}, {"trust", 0.01}, {"weight_decay", 0.0}};
  driven_tensors<TypeParam> lars(this->find("lars"), with, start, layer);
  lars.step({0, 0, 300, -400, 0, TypeParam(-1e-3)});
  const std::vector<TypeParam> moved = moves(lars, start);
  EXPECT_NEAR(moved[2], -2 * 0.01 * 5 * 0.6, this->rounding);
  EXPECT_NEAR(moved[3], 2 * 0.01 * 5 * 0.8, this->rounding);
  EXPECT_NEAR(moved[5], 2 * 0.01 * 1, this->rounding);
}

TYPED_TEST(modern_optimizers, lars_counts_decay_in_the_local_rate) {
  // |p| = 5, |g| = 10, decay 0.4: local = 0.01 x 5 / (10 + 2)
  driven_optimizer<TypeParam> lars(this->find("lars"), {{"lr", 1.2}, {"trust", 0.01}, {"weight_decay", 0.4}},
                                   {3, 4});
  lars.step({10, 0});
  EXPECT_NEAR(lars.params()[0], 3 - 0.005 * (10 + 0.4 * 3), this->rounding);
  EXPECT_NEAR(lars.params()[1], 4 - 0.005 * 0.4 * 4, this->rounding);
}

TYPED_TEST(modern_optimizers, lars_gives_what_is_not_adapted_momentums_step) {
  const std::vector<TypeParam> g{3, -4, 1, 2, 5, -6};
  settings with{{"lr", 0.01}, {"weight_decay", 0.0}};
  driven_tensors<TypeParam> at_zero(this->find("lars"), with, std::vector<TypeParam>(6), layer);
  with["adapt_biases"] = false;
  driven_tensors<TypeParam> spared(this->find("lars"), with, std::vector<TypeParam>(6, 1), layer);
  at_zero.step(g);
  spared.step(g);
  EXPECT_NEAR(at_zero.params()[5], 0.06, this->rounding);
  EXPECT_NEAR(spared.params()[5], 1.06, this->rounding);
}

/// Singular values of a row-major matrix, by one-sided Jacobi rotations of its columns (Hestenes 1958).
std::vector<double> singular_values(std::vector<double> a, std::size_t rows, std::size_t columns) {
  const auto dot = [&](std::size_t p, std::size_t q) {
    double sum = 0;
    for (std::size_t i = 0; i < rows; ++i) sum += a[i * columns + p] * a[i * columns + q];
    return sum;
  };
  for (int sweep = 0; sweep < 60; ++sweep) {
    for (std::size_t p = 0; p < columns; ++p) {
      for (std::size_t q = p + 1; q < columns; ++q) {
        const double angle = 0.5 * std::atan2(2 * dot(p, q), dot(p, p) - dot(q, q));
        const double c = std::cos(angle), s = std::sin(angle);
        for (std::size_t i = 0; i < rows; ++i) {
          const double x = a[i * columns + p], y = a[i * columns + q];
          a[i * columns + p] = c * x + s * y;
          a[i * columns + q] = c * y - s * x;
        }
      }
    }
  }
  std::vector<double> found;
  for (std::size_t p = 0; p < columns; ++p) found.push_back(std::sqrt(dot(p, p)));
  std::ranges::sort(found, std::greater());
  found.resize(std::min(rows, columns));
  return found;
}

/// What muon's first step from 0 takes away at a learning rate of 1.
template <class T>
std::vector<double> muon_update(const std::vector<std::uint64_t>& shape, const std::vector<T>& g,
                                const settings& with) {
  settings unit = with;
  unit["lr"] = 1.0;
  driven_tensors<T> muon(testing::shipped_plugins().get(component_kind::optimizer, "muon"), unit,
                         std::vector<T>(g.size()), {{"weight", RV_ROLE_WEIGHT, shape}});
  muon.step(g);
  std::vector<double> update;
  for (const T p : muon.params()) update.push_back(-static_cast<double>(p));
  return update;
}

TYPED_TEST(modern_optimizers, muon_makes_updates_of_any_shape_nearly_orthogonal) {
  const std::vector<std::vector<std::uint64_t>> shapes{{9, 40},  {40, 9}, {7, 15},
                                                       {33, 16}, {1, 12}, {8, 3, 7}};
  for (const auto& shape : shapes) {
    const std::size_t rows = shape[0];
    const std::size_t columns = shape[1] * (shape.size() > 2 ? shape[2] : 1);
    const auto g = random_numbers<TypeParam>(rows * columns, 1);
    const std::vector<double> update = muon_update(shape, g, {});
    const double scale = std::sqrt(std::max(1.0, static_cast<double>(rows) / static_cast<double>(columns)));
    for (const double value : singular_values(update, rows, columns)) {
      EXPECT_GT(value / scale, 0.67) << rows << " x " << columns;
      EXPECT_LT(value / scale, 1.21) << rows << " x " << columns;
    }
    // The same singular vectors as the gradient's: update' g is symmetric.
    for (std::size_t p = 0; p < columns; ++p) {
      for (std::size_t q = 0; q < p; ++q) {
        double difference = 0;
        for (std::size_t i = 0; i < rows; ++i) {
          difference += update[i * columns + p] * static_cast<double>(g[i * columns + q]) -
                        update[i * columns + q] * static_cast<double>(g[i * columns + p]);
        }
        EXPECT_NEAR(difference, 0, 500 * this->rounding);
      }
    }
  }
}

TYPED_TEST(modern_optimizers, muon_scales_its_update_by_shape) {
  const auto g = random_numbers<TypeParam>(6 * 24, 1);
  const auto size = [&](std::vector<std::uint64_t> shape, const char* scale) {
    return length<double>(muon_update(shape, g, {{"scale", std::string(scale)}}));
  };
  EXPECT_NEAR(size({6, 24}, "rms") / size({6, 24}, "spectral"), 0.2 * std::sqrt(24), 100 * this->rounding);
  EXPECT_NEAR(size({24, 6}, "rms") / size({24, 6}, "spectral"), 0.2 * std::sqrt(24) / 2,
              100 * this->rounding);
}

/// A first step of muon on a weight of 3 inputs and 12 outputs that lies as `shape` says.
template <class T>
std::vector<T> muon_step_on_layer(const std::vector<std::uint64_t>& shape, const std::vector<T>& g) {
  parameter_layout layout(dtype_of<T>);
  rv_tensor weight{};
  weight.struct_size = sizeof weight;
  weight.role = RV_ROLE_WEIGHT;
  weight.name = "weight";
  weight.rank = 2;
  weight.shape = shape.data();
  weight.fan_in = 3;
  weight.fan_out = 12;
  layout.add(weight);
  const component& which = testing::shipped_plugins().get(component_kind::optimizer, "muon");
  optimizer muon(which, layout, {});
  std::vector<T> params(layout.size());
  rv_step step{};
  step.struct_size = sizeof step;
  step.step = 1;
  step.n = params.size();
  step.params = params.data();
  step.grads = g.data();
  step.state = muon.state().pointers();
  step.values = muon.base_values().data();
  muon.step(step);
  return params;
}

TYPED_TEST(modern_optimizers, muon_moves_a_layer_alike_whichever_way_its_weights_lie) {
  const auto g = random_numbers<TypeParam>(12 * 3, 1);
  std::vector<TypeParam> turned(12 * 3);
  for (std::size_t o = 0; o < 12; ++o) {
    for (std::size_t i = 0; i < 3; ++i) turned[i * 12 + o] = g[o * 3 + i];
  }
  const auto upright = muon_step_on_layer<TypeParam>({12, 3}, g);
  const auto lying = muon_step_on_layer<TypeParam>({3, 12}, turned);
  for (std::size_t o = 0; o < 12; ++o) {
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(lying[i * 12 + o], upright[o * 3 + i], 10 * this->rounding);
    }
  }
}

TYPED_TEST(modern_optimizers, muon_ignores_the_gradients_size) {
  const auto g = random_numbers<TypeParam>(6 * 9, 1);
  std::vector<TypeParam> larger = g;
  for (TypeParam& each : larger) each *= 1024;
  const auto small = muon_update<TypeParam>({6, 9}, g, {}),
             large = muon_update<TypeParam>({6, 9}, larger, {});
  for (std::size_t i = 0; i < small.size(); ++i) EXPECT_NEAR(small[i], large[i], 1e-6);
}

TYPED_TEST(modern_optimizers, muon_gives_vectors_to_adamw) {
  const settings with{{"lr", 0.5}, {"adamw_lr", 0.01}, {"eps", 0.0}, {"weight_decay", 0.1}};
  settings sparing = with;
  sparing["decay_biases"] = false;
  const std::vector<TypeParam> start(6, 1), g{3, -4, 1, 2, 500, -6};
  driven_tensors<TypeParam> all(this->find("muon"), with, start, layer);
  driven_tensors<TypeParam> weights(this->find("muon"), sparing, start, layer);
  all.step(g);
  weights.step(g);
  EXPECT_NEAR(all.params()[4], 1 - 0.01 * 0.1 - 0.01, this->rounding);
  EXPECT_NEAR(weights.params()[4], 1 - 0.01, this->rounding);
  EXPECT_NEAR(weights.params()[5], 1 + 0.01, this->rounding);
}

TYPED_TEST(modern_optimizers, schedule_free_is_evaluated_at_the_average_of_its_iterates) {
  const double lr = 0.05, beta1 = 0.8, beta2 = 0.9;
  driven_optimizer<TypeParam> free(this->find("schedule_free_adamw"),
                                   {{"lr", lr}, {"beta1", beta1}, {"beta2", beta2}}, {1, -2});
  std::vector<TypeParam> x(2);
  const auto evaluate = [&] {
    ASSERT_EQ(free.wrapped().evaluation_point(free.describe(nullptr), x.data()),
              optimizer::point_use::own_point);
  };
  evaluate();
  EXPECT_EQ(x, (std::vector<TypeParam>{1, -2})) << "before the first step";
  double average = 0, weights = 0;
  for (int t = 1; t <= 20; ++t) {
    free.step({free.params()[0] - 3, std::sin(static_cast<TypeParam>(t))});
    const double z = free.state(0), weight = lr * lr * (1 - std::pow(beta2, t));
    weights += weight;
    average += (z - average) * weight / weights;
    evaluate();
    EXPECT_NEAR(x[0], average, 10 * this->rounding);
    EXPECT_NEAR(free.params()[0], (1 - beta1) * z + beta1 * average, 10 * this->rounding);
  }
}

TYPED_TEST(modern_optimizers, schedule_free_may_start_at_a_rate_of_0) {
  driven_optimizer<TypeParam> free(this->find("schedule_free_adamw"), {}, {1});
  free.set(0, 0);
  free.step({2});
  EXPECT_EQ(free.param(), TypeParam{1});
  free.set(0, 0.5);
  free.step({2});
  EXPECT_LT(free.param(), TypeParam{1});
}

class unwatched : public trial_observer {
 public:
  wish after_step(const cost&, std::uint64_t, double) override { return wish::go_on; }
};

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

TYPED_TEST(modern_optimizers, sam_takes_its_second_gradient_at_the_radius) {
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

TYPED_TEST(modern_optimizers, keep_what_they_say) {
  const std::vector<tensor_shape> tensors{{"weight", RV_ROLE_WEIGHT, {3, 5}}, {"bias", RV_ROLE_BIAS, {3}}};
  const std::size_t n = 18;
  const auto elements = [&](const char* id) {
    driven_tensors<TypeParam> driven(this->find(id), {}, std::vector<TypeParam>(n), tensors);
    return driven.wrapped().state().bytes() / sizeof(TypeParam);
  };
  EXPECT_EQ(elements("lion"), n);
  EXPECT_EQ(elements("lars"), n);
  EXPECT_EQ(elements("lamb"), 2 * n);
  EXPECT_EQ(elements("sam"), 3 * n) << "v and two workspaces";
  EXPECT_EQ(elements("schedule_free_adamw"), 2 * n + (dtype_of<TypeParam> == RV_F32 ? 2 : 1))
      << "z, v and one double";
  EXPECT_EQ(elements("muon"), n + 3 + (15 + 2 * 3 * 3)) << "m, v of the bias, workspace";
}

}  // namespace
}  // namespace ravine
