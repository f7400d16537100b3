#include "program.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// ravine slice, beside what tests/web sees of its page.
namespace {

using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class slice : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("searched.yaml", R"(name: searched
problems:
  - {use: mlp, with: {hidden: {grid: [[2], [3]]}}, data: {use: digits, with: {train: 60, validation: 20, test: 20}}}
train: {steps: 5}
optimizers: [{use: sgd, with: {lr: 0.1}}]
)");
    const outcome run = run_ravine(folder_, {"run", "searched.yaml"});
    ASSERT_EQ(run.status, 0) << run.err;
  }
  outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"slice", "searched.db"});
    return run_ravine(folder_, arguments);
  }

  work_folder folder_;
};

TEST_F(slice, refuses_trials_of_several_models_under_one_name) {
  const outcome refused = run({"--format", "csv"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, AllOf(HasSubstr("problem.hidden=[2]"), HasSubstr("problem.hidden=[3]"),
                                 HasSubstr("no plane in common"), HasSubstr("--where")));
}

TEST_F(slice, takes_the_trials_that_are_selected) {
  const outcome drawn = run({"--where", "problem.hidden=[3]", "--cells", "3", "--format", "csv"});
  EXPECT_EQ(drawn.status, 0) << drawn.err;
  EXPECT_THAT(drawn.out, StartsWith("x,y,loss\n"));
  EXPECT_EQ(std::ranges::count(drawn.out, '\n'), 1 + 3 * 3);
}

TEST_F(slice, says_which_conditions_leave_nothing) {
  const outcome refused = run({"--where", "lr=3", "--where", "problem=mlp"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--where: no trial meets all conditions: lr=3, problem=mlp"));
}

}  // namespace
