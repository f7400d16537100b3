#include "manifest/suite.hpp"

#include "manifest/yaml_value.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// `suite: NAME` in place of a manifest's own problems.
namespace ravine {
namespace {

using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* adam = "optimizers: [{use: adam, search: default}]\n";

TEST(manifest_suite, gives_the_trials_that_the_baselines_have) {
  const plan named = parse(std::string("suite: landscapes\n") + adam);
  const component& which = built_plugins().get(component_kind::optimizer, "adam");
  const component* const optimizer[] = {&which};
  const plan run = suite_plan(find_suite("landscapes"), optimizer, {}, built_plugins());
  ASSERT_EQ(named.trials.size(), run.trials.size());
  for (std::size_t i = 0; i < run.trials.size(); ++i)
    ASSERT_EQ(named.trials[i].hash, run.trials[i].hash) << i;
  EXPECT_EQ(named.name, "test") << "of the file, and not of the suite";
  EXPECT_EQ(named.repetitions, 5U);
}

TEST(manifest_suite, is_stored_as_what_it_says) {
  const plan named = parse(std::string("suite: landscapes\nbaseline: adam\n") + adam);
  EXPECT_EQ(parse_yaml(named.manifest).find("suite"), nullptr);
  const plan again = parse(named.manifest);
  ASSERT_EQ(again.trials.size(), named.trials.size());
  EXPECT_EQ(again.trials[7].hash, named.trials[7].hash);
  EXPECT_EQ(again.baseline, "adam");
}

TEST(manifest_suite, leaves_optimizers_limits_and_names_to_the_manifest) {
  EXPECT_EQ(report(std::string("name: mine\ndescription: x\nsuite: bbob\nlimits: {seconds: 60}\n") +
                   "checkpoint: {at_end: true}\n" + adam),
            "");
  const std::string found = report(std::string("suite: landscapes\nrepetitions: 2\ntrain: {steps: 9}\n") +
                                   "problems: [{use: beale}]\nthreads_per_trial: 2\n" + adam);
  for (const char* key : {"2:1: repetitions", "3:1: train", "4:1: problems", "5:1: threads_per_trial"}) {
    EXPECT_THAT(found, HasSubstr(std::string("test.yaml:") + key + ": the suite landscapes fixes it"));
  }
  EXPECT_THAT(report(std::string("suite: landscapes\nrepetition: 2\n") + adam),
              AllOf(HasSubstr("unknown key repetition"), Not(HasSubstr("fixes it"))));
}

TEST(manifest_suite, that_there_is_not_is_told_with_those_that_there_are) {
  EXPECT_THAT(report(std::string("suite: landscape\n") + adam),
              HasSubstr("test.yaml:1:8: suite: there is no suite landscape; did you mean landscapes?"));
  EXPECT_THAT(report(std::string("suite: [small]\n") + adam),
              HasSubstr("suite: found a list, expected text"));
}

TEST(manifest_suite, can_be_named_on_the_command_line) { EXPECT_EQ(report(adam, {"suite=landscapes"}), ""); }

}  // namespace
}  // namespace ravine
