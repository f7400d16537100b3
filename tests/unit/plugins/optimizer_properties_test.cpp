#include "unit/plugin_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What holds for every optimizer that is loaded, whatever it may be, and what theory says of some.
namespace ravine {
namespace {

using testing::driven_optimizer;
using testing::network_layout;

const component& find(const char* id) {
  return testing::shipped_plugins().get(component_kind::optimizer, id);
}

/// But wrappers, which do nothing by themselves.
std::vector<const component*> all_optimizers() {
  std::vector<const component*> all = testing::shipped_plugins().all(component_kind::optimizer);
  std::erase_if(all, [](const component* each) { return each->can(RV_OPTIMIZER_WRAPS); });
  return all;
}

/// The defaults, and each option turned from its default.
std::vector<settings> variants(const component& which) {
  std::vector<settings> made{{}};
  for (const hyperparameter& each : which.hyperparameters) {
    if (each.type == hyperparameter_type::boolean)
      made.push_back({{each.name, !std::get<bool>(each.default_value)}});
    for (const std::string& choice : each.choices) made.push_back({{each.name, choice}});
    if (each.name == "momentum" && each.default_value == setting(0.0)) made.push_back({{"momentum", 0.5}});
  }
  if (which.find_hyperparameter("decay_biases") != nullptr) {
    made.push_back({{"weight_decay", 0.1}});
    made.push_back({{"weight_decay", 0.1}, {"decay_biases", false}});
  }
  return made;
}

std::string describe(const component& which, const settings& with) {
  std::string text = which.id;
  for (const auto& [name, value] : with) text += " " + name;
  return text;
}

template <class T>
std::vector<T> numbers(int t) {
  std::vector<T> made(network_layout::parameters);
  for (std::size_t i = 0; i < made.size(); ++i)
    made[i] = static_cast<T>(std::sin(7.0 * t + 3.0 * static_cast<double>(i)) + 0.1);
  return made;
}

template <class T>
bool same_bits(std::span<const T> a, std::span<const T> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

/// Half the squared distance from 0, which counts how often it is asked for.
template <class T>
struct bowl {
  rv_closure closure{sizeof(rv_closure), 0, this, &evaluate};
  int evaluations = 0;

  static rv_status evaluate(void* context, const void* point, double* loss, void* grads) {
    ++static_cast<bowl*>(context)->evaluations;
    const std::span<const T> x(static_cast<const T*>(point), network_layout::parameters);
    *loss = 0;
    for (const T each : x) *loss += static_cast<double>(each * each) / 2;
    if (grads != nullptr) std::copy(x.begin(), x.end(), static_cast<T*>(grads));
    return RV_OK;
  }
};

/// A loss that is 0 everywhere, with its gradient.
template <class T>
const rv_closure& zero_loss() {
  static const rv_closure closure{sizeof(rv_closure), 0, nullptr,
                                  [](void*, const void*, double* loss, void* grads) -> rv_status {
                                    *loss = 0;
                                    if (grads != nullptr)
                                      std::fill_n(static_cast<T*>(grads), network_layout::parameters, T{0});
                                    return RV_OK;
                                  }};
  return closure;
}

template <class T>
struct optimizer_properties : ::testing::Test {
  using on_network = driven_optimizer<T, network_layout>;
  /// Slices that begin and end inside of tensors, out of order.
  const std::vector<std::pair<std::size_t, std::size_t>> slices{
      {14, network_layout::parameters - 14}, {4, 10}, {0, 4}};

  static void step(on_network& stepped, const std::vector<T>& grads) {
    bowl<T> loss;
    stepped.step(grads, 1.0, loss.closure);
  }
  static std::span<const T> params(on_network& of) { return of.params(); }
};

using element_types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(optimizer_properties, element_types);

TYPED_TEST(optimizer_properties, elementwise_steps_may_be_split) {
  using driven = typename TestFixture::on_network;
  std::size_t checked = 0;
  for (const component* which : all_optimizers()) {
    if (!which->can(RV_OPTIMIZER_ELEMENTWISE)) continue;
    for (const settings& with : variants(*which)) {
      driven whole(*which, with, numbers<TypeParam>(0)), split(*which, with, numbers<TypeParam>(0));
      for (int t = 1; t <= 8; ++t) {
        whole.step(numbers<TypeParam>(t));
        split.step(numbers<TypeParam>(t), this->slices);
      }
      EXPECT_TRUE(same_bits(this->params(whole), this->params(split))) << describe(*which, with);
      const auto &kept = whole.wrapped().state().arrays(), &pieces = split.wrapped().state().arrays();
      for (std::size_t i = 0; i < kept.size(); ++i) {
        EXPECT_EQ(std::memcmp(kept[i].elements.data(), pieces[i].elements.data(), kept[i].elements.bytes()),
                  0)
            << describe(*which, with) << ": " << kept[i].name;
      }
      ++checked;
    }
  }
  EXPECT_GE(checked, 13U);
}

TYPED_TEST(optimizer_properties, gradients_are_left_as_they_are) {
  using driven = typename TestFixture::on_network;
  for (const component* which : all_optimizers()) {
    for (const settings& with : variants(*which)) {
      driven stepped(*which, with, numbers<TypeParam>(0));
      for (int t = 1; t <= 3; ++t) {
        const std::vector<TypeParam> grads = numbers<TypeParam>(t);
        this->step(stepped, grads);
        EXPECT_TRUE(same_bits<TypeParam>(grads, numbers<TypeParam>(t))) << describe(*which, with);
      }
      for (const TypeParam p : this->params(stepped)) EXPECT_TRUE(std::isfinite(p)) << describe(*which, with);
    }
  }
}

TYPED_TEST(optimizer_properties, biases_and_norms_are_spared_by_their_role) {
  using driven = typename TestFixture::on_network;
  const network_layout layout(dtype_of<TypeParam>);
  for (const component* which : all_optimizers()) {
    if (which->find_hyperparameter("decay_biases") == nullptr) continue;
    // A rule that finds its rate, which it tells by d0, has one rate for all tensors from the second step on.
    const bool finds_its_rate = which->find_hyperparameter("d0") != nullptr;
    const auto with = [&](double decay, bool all) {
      settings made{{"weight_decay", decay}, {"decay_biases", all}};
      if (finds_its_rate) made["d0"] = 0.1;
      return made;
    };
    driven free(*which, with(0, true), numbers<TypeParam>(0));
    driven decayed(*which, with(0.25, true), numbers<TypeParam>(0));
    driven sparing(*which, with(0.25, false), numbers<TypeParam>(0));
    for (driven* each : {&free, &decayed, &sparing}) {
      for (int t = 1; t <= (finds_its_rate ? 1 : 2); ++t) this->step(*each, numbers<TypeParam>(t));
    }
    for (std::size_t k = 0; k < layout.raw()->tensor_count; ++k) {
      const rv_tensor& tensor = *layout.raw()->tensors[k];
      const bool spared = tensor.role == RV_ROLE_BIAS || tensor.role == RV_ROLE_NORM;
      const auto part = [&](driven& of) { return this->params(of).subspan(tensor.offset, tensor.size); };
      EXPECT_TRUE(same_bits(part(sparing), part(spared ? free : decayed))) << which->id << " " << tensor.name;
      EXPECT_FALSE(same_bits(part(free), part(decayed))) << which->id << " " << tensor.name;
    }
  }
}

TYPED_TEST(optimizer_properties, state_is_as_large_as_stated) {
  using driven = typename TestFixture::on_network;
  const std::map<std::string, std::size_t> per_parameter{
      {"sgd", 0},     {"momentum", 1}, {"nag", 1},    {"rmsprop", 1}, {"adam", 2},
      {"amsgrad", 3}, {"adamw", 2},    {"adamax", 2}, {"nadam", 2},   {"radam", 2},
      {"adagrad", 1}, {"adadelta", 2}, {"rprop", 2}};
  constexpr std::size_t array = network_layout::parameters * sizeof(TypeParam);
  const auto bytes = [](const char* id, const settings& with) {
    return driven(find(id), with, numbers<TypeParam>(0)).wrapped().state().bytes();
  };
  for (const auto& [id, arrays] : per_parameter) EXPECT_EQ(bytes(id.c_str(), {}), arrays * array) << id;
  EXPECT_EQ(bytes("rmsprop", {{"centered", true}}), 2 * array);
  EXPECT_EQ(bytes("rmsprop", {{"momentum", 0.9}}), 2 * array);
  EXPECT_EQ(bytes("rmsprop", {{"centered", true}, {"momentum", 0.9}}), 3 * array);
  constexpr std::size_t counts = 3 * sizeof(double);
  EXPECT_EQ(bytes("lbfgs", {}), 20 * array + counts);
  EXPECT_EQ(bytes("lbfgs", {{"history", std::int64_t{3}}}), 6 * array + counts);
}

TYPED_TEST(optimizer_properties, parameters_without_a_gradient_stay_where_eps_is_0) {
  using driven = typename TestFixture::on_network;
  std::size_t with_eps = 0;
  for (const component* which : all_optimizers()) {
    if (which->can(RV_OPTIMIZER_NO_GRADIENT)) continue;  // where all losses are equal they may go anywhere
    const hyperparameter* const eps = which->find_hyperparameter("eps");
    for (settings with : variants(*which)) {
      if (eps != nullptr) {
        // 0 in f32; adadelta, whose first moves come from eps, is told of below.
        const double least = which->id == "adadelta" ? 1e-44 : 1e-50;
        with["eps"] = eps->open_below ? least : 0.0;
        ++with_eps;
      }
      if (which->find_hyperparameter("weight_decay") != nullptr) with["weight_decay"] = 0.0;
      const std::vector<TypeParam> start = numbers<TypeParam>(0), nothing(start.size(), 0);
      driven still(*which, with, start), underflowing(*which, with, start);
      for (int t = 1; t <= 3; ++t) {
        still.step(nothing, 0.0, zero_loss<TypeParam>());
        // Their squares are 0 in f32.
        underflowing.step(std::vector<TypeParam>(start.size(), TypeParam(1e-30)), 0.0,
                          zero_loss<TypeParam>());
      }
      // schedule_free_adamw averages two equal points, which rounds.
      constexpr double rounding = 4 * static_cast<double>(std::numeric_limits<TypeParam>::epsilon());
      for (std::size_t i = 0; i < start.size(); ++i)
        EXPECT_NEAR(still.params()[i], start[i], rounding) << describe(*which, with);
      for (const TypeParam p : this->params(underflowing))
        EXPECT_TRUE(std::isfinite(p)) << describe(*which, with);
    }
  }
  EXPECT_GE(with_eps, 20U);
}

TEST(optimizer_eps, adadelta_whose_eps_is_0_in_f32_is_told_so) {
  driven_optimizer<float> stepped(find("adadelta"), {{"eps", 1e-50}}, {1});
  EXPECT_THAT(testing::plugin_error_of([&] { stepped.step({1}); }),
              ::testing::HasSubstr("eps is 0 in the type of the parameters"));
  driven_optimizer<double> in_f64(find("adadelta"), {{"eps", 1e-50}}, {0});
  in_f64.step({1});
  EXPECT_LT(in_f64.params()[0], 0);
}

TYPED_TEST(optimizer_properties, the_first_step_of_adam_and_its_kin_is_lr_whatever_the_gradients_scale) {
  for (const char* id : {"adam", "amsgrad", "adamw", "adamax"}) {
    for (const double scale : {1e-6, 1e-3, 1.0, 1e3, 1e6}) {
      settings with{{"lr", 0.1}, {"weight_decay", 0.0}};
      if (std::string(id) != "adamax") with["eps"] = 0.0;
      driven_optimizer<TypeParam> stepped(find(id), with, {0, 0});
      stepped.step({static_cast<TypeParam>(scale), static_cast<TypeParam>(-scale)});
      const double bound = std::string(id) == "adamax" ? 0.1 * 1e-8 / scale : 0;  // eps beside |g|
      EXPECT_NEAR(stepped.params()[0], -0.1, bound + 1e-7) << id << " at " << scale;
      EXPECT_NEAR(stepped.params()[1], 0.1, bound + 1e-7) << id << " at " << scale;
    }
  }
}

TYPED_TEST(optimizer_properties, momentum_methods_without_momentum_are_sgd) {
  using driven = typename TestFixture::on_network;
  driven sgd(find("sgd"), {{"lr", 0.3}}, numbers<TypeParam>(0));
  std::vector<std::unique_ptr<driven>> others;
  for (const char* form : {"velocity", "ema", "heavy_ball"}) {
    const settings with{{"lr", 0.3}, {"beta", 0.0}, {"form", std::string(form)}};
    others.push_back(std::make_unique<driven>(find("momentum"), with, numbers<TypeParam>(0)));
  }
  for (const char* form : {"lookahead", "reformulated"}) {
    const settings with{{"lr", 0.3}, {"beta", 0.0}, {"form", std::string(form)}};
    others.push_back(std::make_unique<driven>(find("nag"), with, numbers<TypeParam>(0)));
  }
  for (int t = 1; t <= 5; ++t) {
    sgd.step(numbers<TypeParam>(t));
    for (const auto& each : others) each->step(numbers<TypeParam>(t));
  }
  for (const auto& each : others) EXPECT_TRUE(same_bits(this->params(sgd), this->params(*each)));
}

TYPED_TEST(optimizer_properties, lbfgs_meets_the_bottom_of_a_bowl_in_one_step_and_stays) {
  using driven = typename TestFixture::on_network;
  driven stepped(find("lbfgs"), {}, numbers<TypeParam>(0));
  for (int t = 0; t < 3; ++t) {
    bowl<TypeParam> loss;
    const std::vector<TypeParam> grads(stepped.params().begin(), stepped.params().end());
    double value = 0;
    loss.evaluate(&loss, grads.data(), &value, nullptr);
    loss.evaluations = 0;
    stepped.step(grads, value, loss.closure);
    // Once there, a gradient of 0 is not searched along.
    EXPECT_LE(loss.evaluations, t == 0 ? 3 : 0);
    for (const TypeParam p : stepped.params()) EXPECT_NEAR(p, 0, 1e-7);
  }
}

/// A multiple of Rosenbrock's valley plus a constant, in the first two parameters.
struct scaled_valley {
  double scale, offset;
  rv_closure closure{sizeof(rv_closure), 0, this, &evaluate};

  static rv_status evaluate(void* context, const void* point, double* loss, void* grads) {
    const auto& own = *static_cast<const scaled_valley*>(context);
    const auto* const x = static_cast<const double*>(point);
    const double bend = x[1] - x[0] * x[0], away = 1 - x[0];
    *loss = own.scale * (100 * bend * bend + away * away) + own.offset;
    if (grads == nullptr) return RV_OK;
    static_cast<double*>(grads)[0] = own.scale * (-400 * x[0] * bend - 2 * away);
    static_cast<double*>(grads)[1] = own.scale * 200 * bend;
    return RV_OK;
  }
};

/// How far lbfgs with its defaults gets in 60 steps from Rosenbrock's start: the loss above its minimum over
/// the scale.
double gap_of_lbfgs(scaled_valley valley) {
  driven_optimizer<double> stepped(find("lbfgs"), {}, {-1.2, 1});
  valley.closure.context = &valley;
  std::vector<double> grads(2);
  double loss = 0;
  for (int t = 0; t < 60; ++t) {
    scaled_valley::evaluate(&valley, stepped.params().data(), &loss, grads.data());
    stepped.step(grads, loss, valley.closure);
  }
  scaled_valley plain{1, 0};
  scaled_valley::evaluate(&plain, stepped.params().data(), &loss, nullptr);
  return loss;
}

TEST(optimizer_rates, lbfgs_comes_within_1e_12_of_the_minimum_whatever_the_scale_of_the_loss) {
  for (const double scale : {1e-12, 1e-9, 1e-6, 1e-3, 1.0, 1e3, 1e6})
    EXPECT_LE(gap_of_lbfgs({scale, 0}), 1e-12) << scale;
  EXPECT_LE(gap_of_lbfgs({1, 5}), 1e-12) << "with a minimum other than 0";
  EXPECT_LE(gap_of_lbfgs({1, -80}), 1e-12) << "with a minimum below 0";
}

/// Asymptotic factor of the error per step on f = sum of curvature x^2 / 2.
double rate_on_quadratic(const component& which, const settings& with) {
  const std::vector<double> curvatures{1, 2.5, 10, 40, 100};
  driven_optimizer<double> method(which, with, std::vector<double>(curvatures.size(), 1));
  const auto error_after = [&](int steps) {
    for (int t = 0; t < steps; ++t) {
      std::vector<double> grads;
      for (std::size_t i = 0; i < curvatures.size(); ++i) grads.push_back(curvatures[i] * method.params()[i]);
      method.step(grads);
    }
    double squares = 0;
    for (const double p : method.params()) squares += p * p;
    return std::sqrt(squares);
  };
  const double before = error_after(600);  // until the slower decay has outlasted the others
  return std::pow(error_after(200) / before, 1.0 / 200);
}

TEST(optimizer_rates, gradient_descent_converges_at_its_optimal_rate) {
  const double expected = (100.0 - 1) / (100 + 1);
  EXPECT_NEAR(rate_on_quadratic(find("sgd"), {{"lr", 2.0 / (1 + 100)}}), expected, 1e-9);
}

TEST(optimizer_rates, heavy_ball_converges_at_its_optimal_rate) {
  const double root = 10, expected = (root - 1) / (root + 1);  // root of the condition number 100
  const settings optimal{{"lr", std::pow(2 / (1 + root), 2)},
                         {"beta", expected * expected},
                         {"form", std::string("heavy_ball")}};
  EXPECT_NEAR(rate_on_quadratic(find("momentum"), optimal) / expected, 1, 0.05);
}

TEST(optimizer_rates, momentum_is_faster_than_gradient_descent_by_the_root_of_the_condition_number) {
  const double descent = std::log(rate_on_quadratic(find("sgd"), {{"lr", 2.0 / 101}}));
  const double root = 10, factor = (root - 1) / (root + 1);
  const settings optimal{
      {"lr", std::pow(2 / (1 + root), 2)}, {"beta", factor * factor}, {"form", std::string("heavy_ball")}};
  EXPECT_NEAR(std::log(rate_on_quadratic(find("momentum"), optimal)) / descent, root, 0.05 * root);
}

}  // namespace
}  // namespace ravine
