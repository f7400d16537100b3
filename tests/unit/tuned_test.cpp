#include "run/tuned.hpp"

#include "compare/comparison.hpp"
#include "manifest_support.hpp"
#include "plugin_support.hpp"
#include "run/in_process.hpp"
#include "run/run_plan.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <variant>

#include <gtest/gtest.h>

// Tuning from the search to the comparison.
namespace ravine {
namespace {

class quiet : public run_listener {
 public:
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial&, const trial_result&) override { ++ended; }
  wish next() override { return wish::go_on; }

  std::size_t ended = 0;
};

class tuned_results : public ::testing::Test {
 protected:
  std::size_t run(const plan& experiment) {
    quiet listener;
    in_process_executor executor(testing::built_plugins());
    run_plan(experiment, results_, executor, listener, current_provenance(1));
    return listener.ended;
  }

  testing::plugin_folder folder_;
  store results_ = store::open(folder_.path() / "results.db");
};

constexpr const char* manifest = R"(
repetitions: 4
problems: [{use: booth, instance: {shift: true}}]
train: {steps: 50}
optimizers:
  - {use: sgd, with: {lr: {grid: [1e-6, 0.05, 1000]}}}
  - {use: adam, with: {lr: 0.1}}
tuning: {method: grid}
)";

TEST_F(tuned_results, repeats_the_best_point_with_all_repetitions) {
  const plan searched = testing::parse(manifest);
  EXPECT_EQ(run(searched), 3U + 4U);
  const plan whole = with_tuned_results(searched, results_);
  ASSERT_EQ(whole.trials.size(), 3U + 4U + 4U);
  for (std::size_t i = 3; i < 7; ++i) {
    EXPECT_EQ(whole.trials[i].role, trial_role::result);
    EXPECT_EQ(whole.trials[i].spec.repetition, i - 3);
    EXPECT_EQ(whole.trials[i].spec.point.at("lr"), setting(0.05)) << "neither the slow nor the diverging one";
  }
  EXPECT_EQ(run(whole), 4U) << "the search is not run again";
  EXPECT_EQ(run(with_tuned_results(searched, results_)), 0U);
}

TEST_F(tuned_results, is_compared_by_its_repetitions_alone) {
  const plan searched = testing::parse(manifest);
  run(searched);
  run(with_tuned_results(searched, results_));
  const comparison compared = compare(results_.trials());
  const problem_summary& booth = compared.problems.at(0);
  const line_summary& sgd = booth.lines.at(booth.chosen.at(0));
  EXPECT_EQ(sgd.optimizer, "sgd");
  EXPECT_EQ(sgd.role, trial_role::result);
  EXPECT_EQ(sgd.repetitions, 4U);
  ASSERT_EQ(booth.sensitivities.size(), 1U);
  EXPECT_EQ(booth.sensitivities[0].values.size(), 3U);
}

TEST_F(tuned_results, repeats_the_first_point_where_none_came_through) {
  const plan searched = testing::parse(R"(
problems: [{use: booth}]
train: {steps: 50}
optimizers: [{use: sgd, with: {lr: {grid: [1000, 2000]}}}]
tuning: {method: grid}
)");
  run(searched);
  const plan whole = with_tuned_results(searched, results_);
  ASSERT_EQ(whole.trials.size(), 3U);
  EXPECT_EQ(whole.trials[2].spec.point.at("lr"), setting(1000.0));
}

}  // namespace
}  // namespace ravine
