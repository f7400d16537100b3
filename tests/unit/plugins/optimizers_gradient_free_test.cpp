#include "unit/trial_support.hpp"

#include <cmath>
#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What nelder_mead and cma_es cost and reach. Their steps are compared with scipy's and the tutorial's in
// tests/parity/gradient_free.py.
namespace ravine {
namespace {

using ::testing::HasSubstr;
using namespace ravine::testing;

trial_result run(const trial_spec& spec) {
  patient observer;
  return run_trial(spec, trial_plugins(), nullptr, observer, path_recording::thinned);
}

trial_spec on_sphere(const std::string& optimizer, std::int64_t n, double steps, const settings& with = {}) {
  return trial_of("sphere", optimizer, steps, with, {{"n", n}});
}

double last_loss(const trial_result& result) { return result.evaluations.back().metrics.at("loss"); }

TEST(gradient_free, steps_cost_what_they_evaluate_and_no_gradient) {
  for (const std::int64_t n : {1, 2, 10}) {
    const auto population = static_cast<std::uint64_t>(4 + 3 * std::log(static_cast<double>(n)));
    EXPECT_EQ(run(on_sphere("cma_es", n, 7)).spent.evaluations, 7 * population);
    EXPECT_EQ(run(on_sphere("cma_es", n, 7, {{"population", std::int64_t{9}}})).spent.evaluations, 63U);
    const std::uint64_t first = run(on_sphere("nelder_mead", n, 1)).spent.evaluations;
    EXPECT_GE(first, static_cast<std::uint64_t>(n + 2)) << "the simplex, and at least a reflection";
    EXPECT_LE(first, static_cast<std::uint64_t>(2 * n + 3));
  }
}

TEST(gradient_free, results_tell_no_gradient_norm) {
  for (const char* id : {"cma_es", "nelder_mead"}) {
    const trial_result result = run(on_sphere(id, 2, 5));
    EXPECT_EQ(result.status, trial_status::completed) << result.reason;
    EXPECT_FALSE(result.evaluations.back().metrics.contains("gradient_norm"));
    EXPECT_TRUE(result.evaluations.back().metrics.contains("update_norm"));
  }
}

TEST(gradient_free, budgets_of_evaluations_end) {
  trial_spec spec = on_sphere("cma_es", 2, 1);
  spec.train.budget = {100, cost_unit::evaluations};
  const trial_result result = run(spec);
  EXPECT_EQ(result.status, trial_status::completed);
  EXPECT_EQ(result.spent.evaluations, 102U) << "17 generations of 6 points";
}

TEST(gradient_free, spheres_are_minimised_to_rounding) {
  EXPECT_LT(last_loss(run(on_sphere("cma_es", 2, 200))), 1e-20);
  EXPECT_LT(last_loss(run(on_sphere("cma_es", 10, 400))), 1e-20);
  EXPECT_LT(last_loss(run(on_sphere("nelder_mead", 2, 200))), 1e-20);
}

TEST(gradient_free, cma_es_measures_its_best_point_or_its_mean) {
  const auto measured = [](const char* which) {
    trial_spec spec = on_sphere("cma_es", 5, 20, {{"evaluate", std::string(which)}});
    spec.evaluate.every = {1, cost_unit::steps};
    return run(spec);
  };
  const trial_result mean = measured("mean"), best = measured("best");
  EXPECT_EQ(last_loss(mean), mean.path.losses.back()) << "the parameters are the mean";
  EXPECT_LT(last_loss(best), best.path.losses.back()) << "a point that was drawn around it";
  EXPECT_EQ(best.path.losses, mean.path.losses) << "what is measured changes nothing else";
  for (std::size_t i = 2; i < best.evaluations.size(); ++i) {
    EXPECT_LE(best.evaluations[i].metrics.at("loss"), best.evaluations[i - 1].metrics.at("loss"));
  }
}

TEST(gradient_free, wrappers_give_them_a_gradient_that_counts) {
  trial_spec spec = on_sphere("lookahead", 2, 10);
  spec.optimizer.inner = {rule_of("cma_es")};
  const trial_result result = run(spec);
  EXPECT_EQ(result.status, trial_status::completed) << result.reason;
  EXPECT_EQ(result.spent.evaluations, 10U * (6 + 1));
}

TEST(gradient_free, too_many_parameters_and_a_population_of_one_are_refused) {
  for (const char* id : {"cma_es", "nelder_mead"}) {
    EXPECT_THAT(plugin_error_of([&] {
                  driven_optimizer<float>(trial_plugins().get(component_kind::optimizer, id), {},
                                          std::vector<float>(5001));
                }),
                HasSubstr("it takes at most 5000 parameters, found 5001"));
  }
  EXPECT_THAT(plugin_error_of([] {
                driven_optimizer<double>(trial_plugins().get(component_kind::optimizer, "cma_es"),
                                         {{"population", std::int64_t{1}}}, {0, 0});
              }),
              HasSubstr("population: found 1, expected 0 or at least 2"));
}

}  // namespace
}  // namespace ravine
