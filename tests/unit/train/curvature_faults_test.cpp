#include "unit/trial_support.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Models that answer where they are trained, and not at the points nearby that the curvature is measured at.
namespace ravine {
namespace {

using ::testing::HasSubstr;
using namespace ravine::testing;

const registry& plugins() {
  static const registry loaded = [] {
    registry found;
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    found.load(test_object("nowhere_else"));
    return found;
  }();
  return loaded;
}

/// Stays where it began, since the gradient is 0 there.
trial_result trained(const std::string& beyond, dtype type) {
  trial_spec spec = trial_of("matyas", "sgd", 4);
  const component& model = plugins().get(component_kind::model, "nowhere_else");
  spec.problem.model = {"nowhere_else", model.complete({{"beyond", beyond}}), model.file->sha256};
  spec.problem.type = type;
  spec.evaluate.curvature = curvature_spec{{2, cost_unit::steps}};
  patient observer;
  return run_trial(spec, plugins(), nullptr, observer);
}

TEST(curvature, is_left_out_where_there_is_no_number_nearby) {
  for (const dtype type : {dtype::f32, dtype::f64}) {
    for (const char* beyond : {"not_a_number", "infinite"}) {
      const trial_result result = trained(beyond, type);
      EXPECT_EQ(result.status, trial_status::completed) << result.reason;
      EXPECT_EQ(evaluated_steps(result), (std::vector<std::uint64_t>{0, 2, 4}));
      for (const evaluation& each : result.evaluations) {
        for (const char* metric : {"hessian_eigenvalue", "sam_sharpness", "update_cosine"}) {
          EXPECT_FALSE(each.metrics.contains(metric)) << metric << ", " << beyond;
        }
      }
      EXPECT_EQ(result.evaluations.back().metrics.at("loss"), 0);
    }
  }
}

TEST(curvature, passes_on_what_a_model_says_that_refuses_to_be_measured_nearby) {
  const trial_result result = trained("refused", dtype::f64);
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_THAT(result.reason, HasSubstr("nowhere_else"));
  EXPECT_THAT(result.reason, HasSubstr("there is nothing here"));
}

}  // namespace
}  // namespace ravine
