#include "unit/manifest/manifest_support.hpp"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// `checkpoint` of a manifest.
namespace ravine {
namespace {

using testing::parse;
using testing::report;

std::string with_checkpoint(const std::string& block) {
  return "problems: [{use: beale, train: {steps: 9}}]\noptimizers: [{use: sgd}]\ncheckpoint: " + block + "\n";
}

std::optional<amount> interval_of(const std::string& block) {
  return parse(with_checkpoint(block)).trials.at(0).spec.checkpoint_every;
}

TEST(manifest_checkpoint, is_none_by_default) {
  EXPECT_EQ(interval_of("null"), std::nullopt);
  EXPECT_EQ(parse("problems: [{use: beale}]\noptimizers: [{use: sgd}]\n").trials.at(0).spec.checkpoint_every,
            std::nullopt);
}

TEST(manifest_checkpoint, is_taken_every_so_often) {
  EXPECT_EQ(interval_of("{every: {steps: 500}}"), (amount{500, cost_unit::steps}));
  const plan beside_data = parse(
      "problems: [{use: mlp, data: {use: digits}}, {use: beale, train: {steps: 9}}]\n"
      "train: {epochs: 3}\noptimizers: [{use: sgd}]\ncheckpoint: {every: {epochs: 0.5}}\n");
  EXPECT_EQ(beside_data.trials.at(0).spec.checkpoint_every, (amount{0.5, cost_unit::epochs}));
}

TEST(manifest_checkpoint, is_taken_at_the_end_where_that_is_asked_for) {
  const auto at_end = [](const std::string& block) {
    return parse(with_checkpoint(block)).trials.at(0).spec.checkpoint_at_end;
  };
  EXPECT_TRUE(at_end("{at_end: true}"));
  EXPECT_EQ(interval_of("{at_end: true}"), std::nullopt);
  EXPECT_TRUE(at_end("{every: {steps: 500}, at_end: true}"));
  EXPECT_FALSE(at_end("{every: {steps: 500}}"));
  EXPECT_EQ(parse(with_checkpoint("{at_end: true}")).trials.at(0).hash,
            parse(with_checkpoint("null")).trials.at(0).hash);
}

TEST(manifest_checkpoint, does_not_make_another_trial) {
  EXPECT_EQ(parse(with_checkpoint("{every: {steps: 5}}")).trials.at(0).hash,
            parse(with_checkpoint("null")).trials.at(0).hash);
}

TEST(manifest_checkpoint, with_errors_is_told) {
  EXPECT_EQ(report(with_checkpoint("{}")),
            "test.yaml:3:13: checkpoint: is empty, expected at least one of every, at_end");
  EXPECT_EQ(report(with_checkpoint("{at_end: maybe}")),
            "test.yaml:3:22: checkpoint.at_end: found maybe, expected true or false");
  EXPECT_EQ(report(with_checkpoint("{evry: {steps: 5}}")),
            "test.yaml:3:14: checkpoint: unknown key evry; did you mean every?");
  EXPECT_EQ(
      report(with_checkpoint("{every: {epochs: 1}}")),
      "test.yaml:3:30: checkpoint.every: no problem has data, and so none has epochs; expected {steps: …}");
  EXPECT_THAT(report(with_checkpoint("{every: {steps: 0}}")), ::testing::HasSubstr("checkpoint.every.steps"));
}

}  // namespace
}  // namespace ravine
