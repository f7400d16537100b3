#include "unit/trial_support.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

// Trials with plugins that were built with the headers of earlier releases.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using namespace ravine::testing;

/// The place after three steps of c_sign from (1, -1), by 1/4 each way, around which there may be c_halfway:
/// of objects of that release.
std::vector<double> after_three_steps(const std::string& release, bool halfway) {
  registry objects;
  objects.load(test_object("golden_" + release + "_c_bowl"));
  objects.load(test_object("golden_" + release + "_c_sign"));
  trial_spec spec;
  spec.problem.model = {"c_bowl", objects.get(component_kind::model, "c_bowl").complete({}), ""};
  spec.problem.type = dtype::f64;
  spec.problem.start = std::vector<double>{1, -1};
  spec.optimizer.optimizer = {"c_sign", {{"lr", 0.25}, {"beta", 0.0}}, ""};
  if (halfway) {
    objects.load(test_object("golden_" + release + "_c_halfway"));
    spec.optimizer.inner = {spec.optimizer};
    spec.optimizer.optimizer = {"c_halfway", {}, ""};
  }
  spec.train.budget = spec.evaluate.every = {3, cost_unit::steps};
  patient observer;
  const trial_result result = run_trial(spec, objects, nullptr, observer, path_recording::every_step);
  EXPECT_EQ(result.status, trial_status::completed) << result.reason;
  const auto& points = result.path.points;
  return {points.end() - 2, points.end()};
}

TEST(golden, objects_of_1_0_and_1_1_go_where_they_went) {
  EXPECT_THAT(after_three_steps("1_0", false), ElementsAre(0.25, -0.25));
  EXPECT_THAT(after_three_steps("1_1", false), ElementsAre(0.25, -0.25));
}

TEST(golden, a_wrapper_of_1_1_goes_half_of_the_way_of_what_it_wraps) {
  EXPECT_THAT(after_three_steps("1_1", true), ElementsAre(0.625, -0.625));
}

}  // namespace
}  // namespace ravine
