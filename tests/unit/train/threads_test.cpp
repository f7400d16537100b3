#include "unit/manifest/manifest_support.hpp"
#include "unit/trial_support.hpp"

#include <cblas.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// threads_per_trial: how many threads OpenBLAS has in a trial.
namespace ravine {
namespace {

using ::testing::HasSubstr;

std::string with_threads(const std::string& count) {
  return "problems: [{use: booth}]\noptimizers: [{use: sgd}]\nthreads_per_trial: " + count + "\n";
}

TEST(threads_per_trial, is_one_unless_the_manifest_says_more) {
  const std::string plain = "problems: [{use: booth}]\noptimizers: [{use: sgd}]\n";
  EXPECT_EQ(testing::parse(plain).trials.at(0).spec.threads, 1U);
  EXPECT_EQ(testing::parse(with_threads("3")).trials.at(0).spec.threads, 3U);
  EXPECT_EQ(testing::parse(with_threads("1")).trials.at(0).hash, testing::parse(plain).trials.at(0).hash);
  EXPECT_NE(testing::parse(with_threads("2")).trials.at(0).hash, testing::parse(plain).trials.at(0).hash);
  EXPECT_THAT(testing::report(with_threads("0")), HasSubstr("threads_per_trial: found 0"));
}

TEST(threads_per_trial, is_what_openblas_has_in_the_trial) {
  trial_spec spec = testing::trial_of("booth", "sgd", 1);
  spec.threads = 2;
  testing::run(spec);
  EXPECT_EQ(openblas_get_num_threads(), 2);
  spec.threads = 1;
  testing::run(spec);
  EXPECT_EQ(openblas_get_num_threads(), 1);
}

}  // namespace
}  // namespace ravine
