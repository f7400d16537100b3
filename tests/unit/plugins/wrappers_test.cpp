#include "data/digits.hpp"
#include "train/rule.hpp"
#include "unit/trial_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Optimizers that work around others: with a setting that does nothing they give the bits of the one inside.
namespace ravine {
namespace {

using namespace ravine::testing;
using ::testing::HasSubstr;
using ::testing::Pair;

optimizer_spec plain(const std::string& id, const settings& with = {}) {
  optimizer_spec spec;
  spec.optimizer = use(component_kind::optimizer, id, with);
  return spec;
}

optimizer_spec around(const std::string& id, const settings& with, optimizer_spec inner) {
  optimizer_spec spec = plain(id, with);
  spec.inner.push_back(std::move(inner));
  return spec;
}

trial_spec on_rosenbrock(optimizer_spec optimizer, double steps = 60) {
  trial_spec spec = trial_of("rosenbrock", "sgd", steps);
  spec.optimizer = std::move(optimizer);
  spec.evaluate.every = {10, cost_unit::steps};
  return spec;
}

/// Every metric of every evaluation, and the path.
std::vector<double> numbers_of(const trial_result& result) {
  std::vector<double> all(result.path.points);
  for (const evaluation& each : result.evaluations) {
    for (const auto& [name, value] : each.metrics) {
      if (!name.starts_with("value.")) all.push_back(value);
    }
  }
  return all;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

struct neutral {
  const char* id;
  settings with;
};

const std::vector<neutral>& neutral_wrappers() {
  static const std::vector<neutral> all{
      {"lookahead", {{"k", std::int64_t{1}}, {"alpha", 1.0}}},
      {"ema", {{"decay", 0.0}}},
      {"swa", {{"start", 0.999}}},
      {"gradient_noise", {{"eta", 0.0}}},
      {"accumulate", {{"k", std::int64_t{1}}}},
      {"adagc", {{"factor", 1e300}, {"norm", 1e300}}},
      {"sam", {{"rho", 0.0}}},
  };
  return all;
}

/// What they work around: plain rules, some with points of their own, one with evaluations of its own, one
/// that draws random numbers, and a wrapper.
std::vector<optimizer_spec> inner_rules() {
  return {plain("sgd", {{"lr", 1e-3}}),
          plain("adam", {{"lr", 1e-2}}),
          plain("nag", {{"lr", 1e-4}}),
          plain("schedule_free_adamw", {{"lr", 1e-2}}),
          plain("lbfgs"),
          plain("sophia_h", {{"lr", 1e-3}}),
          around("lookahead", {{"k", std::int64_t{3}}, {"evaluate", std::string("fast")}},
                 plain("adam", {{"lr", 1e-2}}))};
}

TEST(wrappers, that_do_nothing_give_the_bits_of_the_optimizer_inside) {
  for (const neutral& wrapper : neutral_wrappers()) {
    for (const optimizer_spec& inner : inner_rules()) {
      const bool averages = std::string(wrapper.id) == "ema" || std::string(wrapper.id) == "swa";
      if (averages && inner.optimizer.use == "schedule_free_adamw") continue;  // they average the parameters
      const bool evaluates_more = std::string(wrapper.id) == "sam";
      if (evaluates_more && inner.optimizer.use != "sgd" && inner.optimizer.use != "adam") continue;
      const trial_result expected = run(on_rosenbrock(inner));
      const trial_result result = run(on_rosenbrock(around(wrapper.id, wrapper.with, inner)));
      ASSERT_EQ(expected.status, trial_status::completed) << inner.optimizer.use << ": " << expected.reason;
      ASSERT_EQ(result.status, expected.status)
          << wrapper.id << " around " << inner.optimizer.use << ": " << result.reason;
      EXPECT_TRUE(same_bits(numbers_of(result), numbers_of(expected)))
          << wrapper.id << " around " << inner.optimizer.use;
    }
  }
}

TEST(wrappers, of_a_network_that_do_nothing_give_the_bits_of_the_optimizer_inside) {
  const dataset digits = share_dataset(make_digits({200, 50, 50, 1}));
  const auto train = [&](optimizer_spec optimizer) {
    trial_spec spec = trial_of("mlp", "sgd", 30, {}, {{"hidden", std::vector<std::int64_t>{8}}});
    spec.problem.type = dtype::f32;
    spec.optimizer = std::move(optimizer);
    return run(spec, &digits);
  };
  const std::vector<double> expected = numbers_of(train(plain("adam")));
  for (const neutral& wrapper : neutral_wrappers()) {
    EXPECT_TRUE(same_bits(numbers_of(train(around(wrapper.id, wrapper.with, plain("adam")))), expected))
        << wrapper.id;
  }
}

TEST(wrappers, ema_of_gradient_descent_on_a_quadratic_has_its_closed_form) {
  // sphere is x^2 + y^2: p_t = r^t p_0 with r = 1 - 2 lr, and the average is
  // d^t p_0 + (1 - d) sum of d^(t - i) r^i p_0 = p_0 (d^t + (1 - d) r (r^t - d^t) / (r - d)).
  const double lr = 0.05, d = 0.9, r = 1 - 2 * lr, t = 25;
  trial_spec spec = trial_of("sphere", "sgd", t);
  spec.problem.start = {{1.5, -0.5}};
  spec.optimizer = around("ema", {{"decay", d}}, plain("sgd", {{"lr", lr}}));
  const trial_result result = run(spec);
  const double share = std::abs(r - d) < 1e-12
                           ? std::pow(d, t) + (1 - d) * t * std::pow(d, t)
                           : std::pow(d, t) + (1 - d) * r * (std::pow(r, t) - std::pow(d, t)) / (r - d);
  const double expected = share * share * (1.5 * 1.5 + 0.5 * 0.5);
  EXPECT_NEAR(result.evaluations.back().metrics.at("loss"), expected, 1e-12 * expected);
}

TEST(wrappers, swa_evaluates_the_mean_of_the_last_iterates) {
  const double lr = 0.05, r = 1 - 2 * lr;
  trial_spec spec = trial_of("sphere", "sgd", 20);
  spec.problem.start = {{1.0, 0.0}};
  spec.optimizer = around("swa", {{"start", 0.75}}, plain("sgd", {{"lr", lr}}));
  double mean = 0;
  for (int t = 16; t <= 20; ++t) mean += std::pow(r, t) / 5;
  EXPECT_NEAR(run(spec).evaluations.back().metrics.at("loss"), mean * mean, 1e-14);
  spec.train.budget = {1, cost_unit::seconds};
  EXPECT_THAT(run(spec).reason, HasSubstr("its length is not known in steps"));
}

TEST(wrappers, the_inner_optimizer_counts_its_own_steps) {
  // Between two steps of the inner one nothing moves: 4 equal gradients have an exact mean.
  const trial_result expected = run(on_rosenbrock(plain("adam"), 20));
  const trial_result result =
      run(on_rosenbrock(around("accumulate", {{"k", std::int64_t{4}}}, plain("adam")), 80));
  EXPECT_EQ(result.evaluations.back().metrics.at("loss"), expected.evaluations.back().metrics.at("loss"));
}

TEST(wrappers, of_one_kind_around_each_other_draw_different_numbers) {
  // From the sphere's minimum sgd moves by the noise alone.
  const auto moved = [](int wrappers) {
    optimizer_spec optimizer = plain("sgd", {{"lr", 1.0}});
    for (int i = 0; i < wrappers; ++i) optimizer = around("gradient_noise", {{"eta", 1.0}}, optimizer);
    trial_spec spec = trial_of("sphere", "sgd", 1);
    spec.problem.start = {{0.0, 0.0}};
    spec.optimizer = optimizer;
    return run(spec).path.points.back();
  };
  EXPECT_NE(moved(1), 0);
  EXPECT_GT(std::abs(moved(2) - 2 * moved(1)), 1e-6);
}

TEST(wrappers, memory_is_the_sum_and_tells_scratch_apart) {
  const auto bytes = [](optimizer_spec optimizer) {
    const trial_result result = run(on_rosenbrock(std::move(optimizer)));
    return std::pair(result.state_bytes, result.scratch_bytes);
  };
  EXPECT_THAT(bytes(plain("adam")), Pair(32, 0));
  EXPECT_THAT(bytes(around("lookahead", {}, plain("adam"))), Pair(48, 0));
  EXPECT_THAT(bytes(around("cautious", {}, plain("adam"))), Pair(32, 16));
  EXPECT_THAT(bytes(plain("sam")), Pair(16, 32));
  EXPECT_THAT(bytes(around("cautious", {}, plain("sam"))), Pair(16, 48));
}

TEST(wrappers, learning_rates_inside_are_scheduled_and_recorded) {
  optimizer_spec inner = plain("adam", {{"lr", 0.5}});
  inner.schedules["lr"] = {stage("polynomial")};
  const trial_result result = run(on_rosenbrock(around("ema", {}, inner), 50));
  EXPECT_EQ(result.evaluations.front().metrics.count("value.inner.lr"), 0U);
  EXPECT_LT(result.evaluations.back().metrics.at("value.inner.lr"), 0.02);
}

TEST(wrappers, without_an_inner_optimizer_and_others_with_one_are_refused) {
  EXPECT_EQ(run(on_rosenbrock(plain("ema"))).reason,
            "ema: works around another optimizer, and none is given");
  EXPECT_EQ(run(on_rosenbrock(around("adam", {}, plain("sgd")))).reason,
            "adam: does not work around another optimizer, and one is given");
}

TEST(wrappers, cautious_takes_no_move_up_the_gradient) {
  // On a line, momentum overshoots the minimum and then moves up: cautiously it stays until it goes down.
  trial_spec spec = trial_of("sphere", "sgd", 60);
  spec.problem.start = {{1.0, 1.0}};
  spec.evaluate.every = {1, cost_unit::steps};
  spec.optimizer = plain("momentum", {{"lr", 0.02}, {"beta", 0.9}});
  const auto rises = [](const trial_result& result) {
    std::size_t count = 0;
    for (std::size_t i = 1; i < result.evaluations.size(); ++i) {
      count +=
          result.evaluations[i].metrics.at("loss") > result.evaluations[i - 1].metrics.at("loss") ? 1U : 0U;
    }
    return count;
  };
  EXPECT_GT(rises(run(spec)), 5U);
  spec.optimizer = around("cautious", {}, spec.optimizer);
  EXPECT_LT(rises(run(spec)), 5U);
}

TEST(wrappers, adagc_does_not_freeze_a_tensor_whose_gradient_was_0) {
  const vector_layout layout(RV_F64, 1);
  const horizon planned;
  const optimizer_spec spec = around("adagc", {{"warm_up", std::int64_t{2}}}, plain("sgd", {{"lr", 0.5}}));
  const auto method = make_rule(spec, {.plugins = trial_plugins(), .layout = layout, .planned = planned});
  double p = 0, g = 0;
  rv_step step{};
  step.struct_size = sizeof step;
  step.n = 1;
  step.params = &p;
  method->init_state(step);
  step.grads = &g;
  // In the warm-up 0 and 0, then 3, which becomes the usual norm, and 5, which is clipped to 1.05 times 3.
  for (const double gradient : {0.0, 0.0, 3.0, 5.0}) {
    g = gradient;
    method->begin_step(++step.step);
    method->step(step);
  }
  EXPECT_DOUBLE_EQ(p, -0.5 * (3 + 1.05 * 3));
}

TEST(wrappers, lookahead_evaluates_its_slow_weights_unless_told_otherwise) {
  // After 4 of 5 steps the slow weights are where they began, at a loss of 1 + 1.
  trial_spec spec = trial_of("sphere", "sgd", 4);
  spec.problem.start = {{1.0, 1.0}};
  spec.optimizer = around("lookahead", {}, plain("sgd", {{"lr", 0.25}}));
  EXPECT_EQ(run(spec).evaluations.back().metrics.at("loss"), 2);
  spec.optimizer = around("lookahead", {{"evaluate", std::string("fast")}}, plain("sgd", {{"lr", 0.25}}));
  EXPECT_EQ(run(spec).evaluations.back().metrics.at("loss"), 2 * std::pow(0.5, 8));
}

}  // namespace
}  // namespace ravine
