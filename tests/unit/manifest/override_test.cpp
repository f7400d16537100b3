#include "unit/manifest/manifest_support.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ravine;
using namespace ravine::testing;
using ::testing::HasSubstr;

const std::string base = R"(# a comment
problems:
  - {use: softmax, data: {use: digits}}
  - {use: beale, label: "v1.2 [b]", train: {steps: 100}}
train: {epochs: 10}
optimizers:
  - {use: sgd}
  - {use: sgd, label: fast, with: {lr: 1}}
)";

TEST(manifest_override, sets_and_adds_values) {
  const plan all = parse(base, {"repetitions=2", "train.epochs=3", "train.clip.norm=0.5", "name=other"});
  EXPECT_EQ(all.repetitions, 2U);
  EXPECT_EQ(all.name, "other");
  EXPECT_EQ(all.trials[0].spec.train.budget, (amount{3, cost_unit::epochs}));
  EXPECT_EQ(all.trials[0].spec.train.clip.norm, 0.5);
}

TEST(manifest_override, finds_entries_by_index_and_by_label) {
  for (const char* path :
       {"optimizers.1.with.lr=5", "optimizers[1].with.lr=5", "optimizers.fast.with.lr=5"}) {
    const plan all = parse(base, {path});
    EXPECT_EQ(all.trials.at(1).spec.optimizer.optimizer.with.at("lr"), setting(5.0)) << path;
    EXPECT_EQ(all.trials.at(0).spec.optimizer.optimizer.with.at("lr"), setting(0.01)) << path;
  }
  EXPECT_EQ(parse(base, {"problems.v1.2 [b].train.steps=7"}).trials.at(2).spec.train.budget.count, 7);
  EXPECT_EQ(parse(base, {"problems.softmax.train.epochs=7"}).trials.at(0).spec.train.budget.count, 7);
  EXPECT_EQ(parse(base, {"problems.softmax digits.train.epochs=7"}).trials.at(0).spec.train.budget.count, 7);
}

TEST(manifest_override, takes_any_yaml_value) {
  const plan all =
      parse(base, {"optimizers.fast.with={lr: {grid: [1, 2, 3]}}", "evaluate.target={loss: 0.1}"});
  EXPECT_EQ(all.trials.size(), 8U);
  EXPECT_EQ(all.trials.back().spec.evaluate.target, (target_spec{"loss", 0.1}));
}

TEST(manifest_override, a_length_replaces_one_in_another_unit) {
  EXPECT_EQ(parse(base, {"train.steps=9"}).trials.at(0).spec.train.budget, (amount{9, cost_unit::steps}));
  EXPECT_THAT(report(base, {"train.steps=9", "train.seconds=1"}),
              HasSubstr("--set train.seconds=1: train: expected one of epochs, steps, evaluations, seconds"));
}

TEST(manifest_override, the_plan_keeps_the_manifest_as_it_was_run) {
  EXPECT_EQ(parse(base).manifest, base);
  const plan changed = parse(base, {"optimizers.fast.with.lr=5", "seed=3"});
  const plan again = parse(changed.manifest);
  ASSERT_EQ(again.trials.size(), changed.trials.size());
  for (std::size_t i = 0; i < again.trials.size(); ++i)
    EXPECT_EQ(again.trials[i].hash, changed.trials[i].hash);
}

TEST(manifest_override, errors_name_the_expression) {
  EXPECT_EQ(report(base, {"train.epoch=3"}),
            "--set train.epoch=3: train: unknown key epoch; did you mean epochs?");
  EXPECT_EQ(report(base, {"optimizers.fas.with.lr=3"}),
            "--set optimizers.fas.with.lr=3: optimizers has no entry fas; did you mean fast?");
  EXPECT_EQ(report(base, {"optimizers.2.with.lr=3"}),
            "--set optimizers.2.with.lr=3: optimizers has 2 entries, counted from 0");
  EXPECT_EQ(report(base, {"optimizers.fast.with.lr=-3"}),
            "--set optimizers.fast.with.lr=-3: optimizers[1].with.lr: found -3, expected a real number >= 0");
  EXPECT_EQ(report(base, {"train.epochs.x=3"}),
            "--set train.epochs.x=3: train.epochs is 10, and has nothing below it");
  EXPECT_EQ(report(base, {"train"}), "--set train: expected PATH=VALUE, such as train.epochs=3");
  EXPECT_THAT(report(base, {"train..epochs=3"}), HasSubstr("expected keys joined by points"));
  EXPECT_THAT(report(base, {"train=[3"}), HasSubstr("--set train=[3: not valid YAML"));
  EXPECT_THAT(report("problems: [{use: beale}]\noptimizers: [{use: sgd, on: beale}, {use: sgd, on: beale}]\n",
                     {"optimizers.sgd.with.lr=3"}),
              HasSubstr("2 entries of optimizers are called sgd; use the index"));
}

}  // namespace
