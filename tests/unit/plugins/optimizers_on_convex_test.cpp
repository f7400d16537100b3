#include "train/trial.hpp"
#include "unit/plugin_support.hpp"
#include "unit/unwatched.hpp"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// Every loaded optimizer goes downhill on every convex landscape, from the landscape's own start.
namespace ravine {
namespace {

using testing::unwatched;

struct convex_landscape {
  std::string id;
  double curvature;  ///< the Hessian's largest eigenvalue
};

const std::vector<convex_landscape> convex_landscapes{
    {"sphere", 2}, {"ellipsoid", 2e6}, {"booth", 18}, {"matyas", 1}};

/// Their moves, or their first or last ones, are as long as this rate times the gradient: it has to stay
/// below 2 / curvature, as they document.
const std::map<std::string, std::string> bounded_by_curvature{
    {"sgd", "lr"}, {"momentum", "lr"},          {"nag", "lr"},           {"radam", "lr"},
    {"sam", "lr"}, {"schedule_free_sgd", "lr"}, {"adabound", "final_lr"}};

trial_result descend(const std::string& optimizer, const convex_landscape& landscape) {
  trial_spec spec;
  spec.optimizer.optimizer.use = optimizer;
  const auto bounded = bounded_by_curvature.find(optimizer);
  if (bounded != bounded_by_curvature.end() && landscape.curvature > 100)
    spec.optimizer.optimizer.with[bounded->second] = 1 / landscape.curvature;
  spec.problem.model.use = landscape.id;
  spec.problem.type = dtype::f64;
  spec.train.budget = {200, cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  unwatched observer;
  return run_trial(spec, testing::shipped_plugins(), nullptr, observer, path_recording::thinned);
}

TEST(optimizers_on_convex_landscapes, reduce_them_all) {
  std::size_t found = 0;
  for (const convex_landscape& landscape : convex_landscapes) {
    if (testing::shipped_plugins().find(component_kind::model, landscape.id) == nullptr) continue;
    ++found;
    for (const component* which : testing::shipped_plugins().all(component_kind::optimizer)) {
      if (which->can(RV_OPTIMIZER_WRAPS)) continue;
      const trial_result result = descend(which->id, landscape);
      EXPECT_EQ(result.status, trial_status::completed)
          << which->id << " on " << landscape.id << ": " << result.reason;
      EXPECT_LT(result.evaluations.back().metrics.at("loss"), result.evaluations.front().metrics.at("loss"))
          << which->id << " on " << landscape.id;
    }
  }
  EXPECT_GE(found, 1U);
  RecordProperty("landscapes", static_cast<int>(found));
}

TEST(optimizers_on_convex_landscapes, lbfgs_evaluations_are_counted) {
  const convex_landscape* loaded = nullptr;
  for (const convex_landscape& each : convex_landscapes) {
    if (testing::shipped_plugins().find(component_kind::model, each.id) != nullptr) loaded = &each;
  }
  ASSERT_NE(loaded, nullptr);
  const trial_result result = descend("lbfgs", *loaded);
  EXPECT_GT(result.spent.evaluations, result.spent.steps) << "one a step, and those of the line search";
  EXPECT_LT(result.spent.evaluations, result.spent.steps + 25) << "no search goes on at the minimum";
}

}  // namespace
}  // namespace ravine
