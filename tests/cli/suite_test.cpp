#include "program.hpp"
#include "results.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// ravine run --suite NAME --optimizer ID|FILE.so: one optimizer among the stored results of the shipped ones.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(suite, plans_the_same_problems_for_every_optimizer) {
  const work_folder folder;
  const outcome planned =
      run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", "sgd", "--dry-run"});
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_THAT(planned.out, AllOf(HasSubstr("landscapes-1-sgd"), HasSubstr("rosenbrock 10"),
                                 HasSubstr("still to be run into landscapes-1-sgd.db")));
}

TEST(suite, that_there_is_not_is_told_with_those_that_there_are) {
  const work_folder folder;
  const outcome done = run_ravine(folder, {"run", "--suite", "landscape", "--optimizer", "sgd"});
  EXPECT_EQ(done.status, 2);
  EXPECT_THAT(done.err, HasSubstr("--suite: there is no suite landscape; did you mean landscapes?"));
  EXPECT_THAT(run_ravine(folder, {"run", "--suite", "zzz", "--optimizer", "sgd"}).err,
              AllOf(HasSubstr("there is no suite zzz; there are: "), HasSubstr("landscapes")));
}

TEST(suite, needs_an_optimizer_and_no_manifest) {
  const work_folder folder;
  for (const auto& arguments : {std::vector<std::string>{"run", "--suite", "landscapes"},
                                {"run", "--optimizer", "adam"},
                                {"run", "m.yaml", "--suite", "landscapes", "--optimizer", "adam"}}) {
    const outcome done = run_ravine(folder, arguments);
    EXPECT_EQ(done.status, 2);
    EXPECT_THAT(done.err, HasSubstr("--suite and --optimizer go together, without a manifest"));
  }
}

TEST(suite, is_frozen_but_for_the_optimizer) {
  const work_folder folder;
  const outcome done = run_ravine(
      folder, {"run", "--suite", "landscapes", "--optimizer", "sgd", "--set", "train.evaluations=9"});
  EXPECT_EQ(done.status, 2);
  EXPECT_THAT(done.err, HasSubstr("--set train.evaluations=9: a suite is the same for all"));
  const outcome fixed = run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", "momentum",
                                            "--set", "optimizers[0].with.beta=0.5", "--dry-run"});
  EXPECT_EQ(fixed.status, 0) << fixed.err;
}

TEST(suite, tells_of_an_optimizer_that_it_can_not_run) {
  const work_folder folder;
  EXPECT_THAT(run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", "adan7"}).err,
              HasSubstr("--optimizer: there is no optimizer named adan7; did you mean adan?"));
  EXPECT_THAT(run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", "./none.so"}).err,
              HasSubstr("./none.so can't be used: No such file"));
  EXPECT_THAT(run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", "lookahead"}).err,
              HasSubstr("inner"));
}

}  // namespace
