#include "program.hpp"
#include "results.hpp"

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

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

/// The score in the row of an optimizer, which is a regular expression; -1 if there is no such row.
double score_of(const std::string& ranking, const std::string& optimizer) {
  std::smatch found;
  const std::regex row("\n +[0-9]+ +" + optimizer + " +([0-9.]+) ");
  return std::regex_search(ranking, found, row) ? std::stod(found[1]) : -1;
}

// 444 short trials: seconds. Another machine's libm may move the cost of a target to the next evaluation.
TEST(suite, ranks_an_optimizer_where_it_stood_among_the_baselines) {
#if defined(RAVINE_SANITIZE_ADDRESS)
  GTEST_SKIP() << "takes minutes under AddressSanitizer";
#endif
  const work_folder folder;
  const std::string file = fs::path(RAVINE_PROGRAM).parent_path() / "plugins/sgd.so";
  const outcome done = run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", file});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("landscapes-1: sgd (this run) · beside "), HasSubstr("rosenbrock 10"),
                              HasSubstr("baselines by experiments/suites/make landscapes")));
  EXPECT_GT(score_of(done.out, "sgd"), 0) << done.out;
  EXPECT_NEAR(score_of(done.out, R"(\* sgd \(this run\))"), score_of(done.out, "sgd"), 0.01) << done.out;
  const outcome again = run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", file});
  EXPECT_EQ(again.out, done.out) << "resumed, with nothing left to run";
  EXPECT_THAT(again.err, HasSubstr("all 444 trials are in landscapes-1-sgd.db already"));
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
  EXPECT_THAT(
      run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", "lookahead"}).err,
      HasSubstr("--optimizer: lookahead works around another optimizer; name it as in 'lookahead(adam)'"));
}

TEST(suite, takes_a_wrapper_with_what_it_works_around) {
  const work_folder folder;
  const outcome planned =
      run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", "lookahead(adam)", "--dry-run"});
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_THAT(planned.out, AllOf(HasSubstr("landscapes-1-lookahead-adam.db"), HasSubstr("lookahead(adam)"),
                                 HasSubstr("inner.lr=")));
  for (const char* wrong : {"lookahead(adam", "lookahead()", "(adam)", ""}) {
    EXPECT_THAT(run_ravine(folder, {"run", "--suite", "landscapes", "--optimizer", wrong}).err,
                HasSubstr("--optimizer"))
        << wrong;
  }
}

}  // namespace
