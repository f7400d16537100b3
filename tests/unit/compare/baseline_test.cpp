#include "compare/baseline.hpp"

#include "compare/comparison.hpp"
#include "manifest/stored_manifest.hpp"
#include "unit/compare/compare_support.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The baseline that a manifest fixes, and what is said where another one is used.
namespace ravine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* manifest =
    "baseline: NAME\nproblems: [{use: booth}]\ntrain: {steps: 5}\n"
    "optimizers: [{use: adam, label: Adam}, {use: sgd}]\n";

std::string fixing(const std::string& name) {
  std::string text = manifest;
  text.replace(text.find("NAME"), 4, name);
  return text;
}

TEST(fixed_baseline, is_the_label_of_an_optimizer) {
  EXPECT_EQ(testing::parse(fixing("Adam")).baseline, "Adam");
  EXPECT_EQ(testing::parse(fixing("Adam")).trials[0].hash, testing::parse(fixing("sgd")).trials[0].hash)
      << "no part of a trial";
  EXPECT_THAT(
      testing::report(fixing("Adm")),
      HasSubstr("1:11: baseline: found Adm, expected the label of one of the optimizers; did you mean "
                "Adam?"));
  EXPECT_THAT(testing::report(fixing("lbfgs")), HasSubstr("there are: Adam, sgd"));
  EXPECT_THAT(testing::report(fixing("[sgd]")), HasSubstr("baseline: "));
}

TEST(fixed_baseline, is_read_from_a_stored_manifest_whatever_else_is_in_it) {
  EXPECT_EQ(baseline_in(fixing("Adam")), "Adam");
  EXPECT_EQ(baseline_in("baseline: gone\noptimizers: [{use: of_no_plugin_here}]"), "gone");
  EXPECT_EQ(baseline_in("problems: []"), "");
  EXPECT_EQ(baseline_in("baseline: {use: adam}"), "");
  EXPECT_EQ(baseline_in(""), "");
  EXPECT_EQ(baseline_in("text"), "");
  for (const char* text : {"name: a\nbaseline: [\n", "name: a\ndescription: \"bell \a\"\nbaseline: adam\n"}) {
    try {
      baseline_in(text);
      ADD_FAILURE() << text << " was read";
    } catch (const error& problem) {
      EXPECT_THAT(problem.what(), StartsWith("line 2: ")) << text;
    }
  }
}

TEST(choice_of_baseline, does_without_a_manifest_that_can_not_be_read) {
  const std::vector<fixed_baseline> some{{"a", "adam"}, {"old", "", "line 3: a bell"}};
  const std::string told = "the manifest of old can't be read (line 3: a bell); it may fix a baseline";
  EXPECT_EQ(choose_baseline("", some).label, "adam");
  EXPECT_EQ(choose_baseline("", some).note, told);
  EXPECT_EQ(choose_baseline("sgd", some).note,
            "the baseline, sgd, was chosen for this comparison; the manifest fixed adam (in a); " + told);
}

TEST(choice_of_baseline, is_the_fixed_one_unless_another_is_asked_for) {
  const std::vector<fixed_baseline> one{{"a", "adam"}, {"b", ""}, {"c", "adam"}};
  EXPECT_EQ(choose_baseline("", one).label, "adam");
  EXPECT_EQ(choose_baseline("", one).note, "");
  EXPECT_EQ(choose_baseline("adam", one).note, "");
  EXPECT_EQ(choose_baseline("sgd", one).label, "sgd");
  EXPECT_EQ(choose_baseline("sgd", one).note,
            "the baseline, sgd, was chosen for this comparison; the manifest fixed adam (in a)");
  EXPECT_EQ(choose_baseline("", {}).label, "");
  EXPECT_EQ(choose_baseline("sgd", {}).note, "") << "none was fixed";
  const std::vector<fixed_baseline> two{{"a", "adam"}, {"b", "sgd"}};
  EXPECT_EQ(choose_baseline("", two).label, "");
  EXPECT_EQ(
      choose_baseline("", two).note,
      "the manifests fixed different baselines, adam (in a), sgd (in b), and so none is used; --baseline "
      "names one");
  EXPECT_THAT(choose_baseline("sgd", two).note, HasSubstr("the manifest fixed adam (in a), sgd (in b)"));
}

TEST(choice_of_baseline, is_told_with_the_comparison) {
  const std::vector<stored_trial> trials{make({.optimizer = "adam"}), make({.optimizer = "sgd"})};
  const std::vector<fixed_baseline> adam{{"a", "adam"}};
  const comparison fixed = compare(trials, choose_baseline("", adam));
  EXPECT_EQ(fixed.baseline, "adam");
  ASSERT_EQ(fixed.problems[0].paired.size(), 1U);
  EXPECT_THAT(fixed.warnings, IsEmpty());
  const comparison other = compare(trials, choose_baseline("sgd", adam));
  EXPECT_EQ(other.problems[0].paired.at(0).optimizer, "adam");
  EXPECT_THAT(other.warnings, ElementsAre(HasSubstr("the manifest fixed adam")));
}

TEST(choice_of_baseline, is_told_once_of_several_problems) {
  const std::vector<stored_trial> trials{make({.problem = "booth"}), make({.problem = "beale"})};
  const std::vector<fixed_baseline> sgd{{"a", "sgd"}};
  const comparison compared = compare(trials, choose_baseline("", sgd));
  ASSERT_EQ(compared.problems.size(), 2U);
  for (const problem_summary& each : compared.problems) {
    EXPECT_THAT(each.warnings, Not(Contains(HasSubstr("manifest"))));
  }
  EXPECT_THAT(compared.warnings, SizeIs(1));
}

TEST(choice_of_baseline, that_is_not_shown_is_no_error_unless_it_was_asked_for) {
  const std::vector<stored_trial> trials{make({.optimizer = "sgd"}), make({.optimizer = "lion"})};
  const std::vector<fixed_baseline> adam{{"a", "adam"}};
  const comparison compared = compare(trials, choose_baseline("", adam));
  EXPECT_EQ(compared.baseline, "");
  EXPECT_THAT(compared.problems[0].paired, IsEmpty());
  EXPECT_THAT(
      compared.warnings,
      ElementsAre("the manifest's baseline, adam, is not among what is shown: nothing is compared with it"));
  EXPECT_THROW(compare(trials, choose_baseline("adam", adam)), error);
}

}  // namespace
}  // namespace ravine
