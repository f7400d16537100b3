#include "manifest/manifest.hpp"

#include "data/data_source.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ravine;
using namespace ravine::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto whole = R"(
name: whole
description: Every key at once.
seed: 7
repetitions: 2
problems:
  - use: mlp
    with: {hidden: [64, 32], activation: tanh}
    label: net
    data: {use: mnist, with: {validation: 5000}}
    dtype: f64
    train: {batch_size: full, clip: {value: 0.5}}
    evaluate: {every: {steps: 50}}
  - use: rosenbrock
    start: [-1, 2]
    train: {evaluations: 500}
train: {epochs: 3, batch_size: 32, clip: {norm: 1}}
evaluate: {target: {validation_accuracy: 0.9, loss: 1e-6}, stop_at_target: true}
optimizers:
  - use: momentum
    with: {lr: 1, form: ema}
    on: [net]
    schedule:
      lr:
        - {use: warmup, for: {epochs: 1}}
        - {use: cosine, with: {min: 0.01}, by: epoch}
      beta: {use: constant}
  - use: adam
)";

TEST(manifest, works_out_every_trial_in_order) {
  const plan all = parse(whole);
  EXPECT_EQ(all.name, "whole");
  EXPECT_EQ(all.seed, 7U);
  EXPECT_EQ(all.repetitions, 2U);
  EXPECT_EQ(all.manifest, whole);
  std::vector<std::string> order;
  std::set<std::string> hashes;
  for (const planned_trial& trial : all.trials) {
    order.push_back(trial.spec.problem.label + ' ' + trial.spec.optimizer.label + ' ' +
                    std::to_string(trial.spec.repetition));
    hashes.insert(trial.hash);
    EXPECT_EQ(trial.hash, content_hash(trial.spec));
    EXPECT_EQ(trial.spec.seed, 7U);
  }
  EXPECT_THAT(order, ElementsAre("net momentum 0", "net momentum 1", "net adam 0", "net adam 1",
                                 "rosenbrock adam 0", "rosenbrock adam 1"));
  EXPECT_EQ(hashes.size(), 6U);
}

TEST(manifest, completes_components_and_names_their_plugin) {
  const plan all = parse(whole);
  const trial_spec& spec = all.trials.front().spec;
  const component& mlp = built_plugins().get(component_kind::model, "mlp");
  EXPECT_EQ(spec.problem.model.use, "mlp");
  EXPECT_EQ(spec.problem.model.with.size(), mlp.hyperparameters.size());
  EXPECT_EQ(spec.problem.model.with.at("hidden"), setting(std::vector<std::int64_t>{64, 32}));
  EXPECT_EQ(spec.problem.model.with.at("dropout"), setting(0.0));
  EXPECT_EQ(spec.problem.model.plugin_sha256, mlp.file->sha256);
  EXPECT_EQ(spec.optimizer.optimizer.with.at("lr"), setting(1.0));
  EXPECT_EQ(spec.optimizer.optimizer.with.at("beta"), setting(0.9));
  EXPECT_EQ(spec.optimizer.optimizer.with.at("form"), setting(std::string("ema")));
  ASSERT_TRUE(spec.problem.data);
  EXPECT_EQ(spec.problem.data->use, "mnist");
  EXPECT_EQ(spec.problem.data->with.at("validation"), setting(std::int64_t{5000}));
  const auto& options = find_data_source("mnist")->options;
  EXPECT_EQ(spec.problem.data->with.size(), std::ranges::count(options, false, &data_option::is_later))
      << "options that came later are left out where they have their defaults";
}

TEST(manifest, a_problem_overrides_the_common_blocks_key_by_key) {
  const plan all = parse(whole);
  const trial_spec& net = all.trials.front().spec;
  EXPECT_EQ(net.train.budget, (amount{3, cost_unit::epochs}));
  EXPECT_EQ(net.train.batch_size, 0U);
  EXPECT_EQ(net.train.clip, (clip_spec{std::nullopt, 0.5}));
  EXPECT_EQ(net.evaluate.every, (amount{50, cost_unit::steps}));
  EXPECT_EQ(net.evaluate.target, (target_spec{"validation_accuracy", 0.9}));
  EXPECT_TRUE(net.evaluate.stop_at_target);
  EXPECT_EQ(net.problem.type, dtype::f64);

  const trial_spec& valley = all.trials.back().spec;
  EXPECT_EQ(valley.train.budget, (amount{500, cost_unit::evaluations}));
  EXPECT_EQ(valley.train.clip, (clip_spec{1.0, std::nullopt}));
  EXPECT_EQ(valley.evaluate.every, (amount{5, cost_unit::steps}));
  EXPECT_EQ(valley.evaluate.target, (target_spec{"loss", 1e-6}));
  EXPECT_EQ(valley.problem.start, (std::vector<double>{-1, 2}));
  EXPECT_FALSE(valley.problem.data);
}

TEST(manifest, schedules_are_sequences_of_stages) {
  const plan all = parse(whole);
  const auto& schedules = all.trials.front().spec.optimizer.schedules;
  ASSERT_EQ(schedules.size(), 2U);
  const auto& lr = schedules.at("lr");
  ASSERT_EQ(lr.size(), 2U);
  EXPECT_EQ(lr[0].scheduler.use, "warmup");
  EXPECT_EQ(lr[0].length, (amount{1, cost_unit::epochs}));
  EXPECT_EQ(lr[0].unit, schedule_unit::step);
  EXPECT_EQ(lr[1].scheduler.with.at("min"), setting(0.01));
  EXPECT_FALSE(lr[1].length);
  EXPECT_EQ(lr[1].unit, schedule_unit::epoch);
  EXPECT_EQ(lr[1].scheduler.plugin_sha256,
            built_plugins().get(component_kind::scheduler, "cosine").file->sha256);
  ASSERT_EQ(schedules.at("beta").size(), 1U);
  EXPECT_EQ(schedules.at("beta")[0].scheduler.with.at("factor"), setting(1.0));
  EXPECT_TRUE(all.trials.back().spec.optimizer.schedules.empty());
}

TEST(manifest, defaults_depend_on_the_kind_of_problem) {
  const plan all =
      parse("problems: [{use: softmax, data: {use: digits}}, {use: beale}]\noptimizers: [{use: sgd}]\n");
  EXPECT_EQ(all.name, "test");
  EXPECT_EQ(all.seed, 1U);
  ASSERT_EQ(all.trials.size(), 2U);
  const trial_spec& data = all.trials[0].spec;
  EXPECT_EQ(data.problem.type, dtype::f32);
  EXPECT_EQ(data.train.budget, (amount{10, cost_unit::epochs}));
  EXPECT_EQ(data.train.batch_size, 128U);
  EXPECT_EQ(data.evaluate.every, (amount{1, cost_unit::epochs}));
  EXPECT_FALSE(data.evaluate.target);
  const trial_spec& landscape = all.trials[1].spec;
  EXPECT_EQ(landscape.problem.type, dtype::f64);
  EXPECT_EQ(landscape.train.budget, (amount{1000, cost_unit::steps}));
  EXPECT_EQ(landscape.evaluate.every, (amount{10, cost_unit::steps}));
  EXPECT_FALSE(landscape.problem.start);
}

TEST(manifest, common_settings_that_a_landscape_can_not_have_pass_it_by) {
  const plan all = parse(R"(
problems: [{use: softmax, data: {use: digits}}, {use: beale, train: {steps: 50}}]
train: {epochs: 2, batch_size: 16}
evaluate: {every: {epochs: 1}, target: {validation_accuracy: 0.9}}
optimizers: [{use: sgd}]
)");
  const trial_spec& landscape = all.trials.at(1).spec;
  EXPECT_EQ(landscape.train.batch_size, 0U);  // another common batch size repeats no landscape
  EXPECT_EQ(landscape.evaluate.every, (amount{1, cost_unit::steps}));
  EXPECT_FALSE(landscape.evaluate.target);
}

TEST(manifest, labels_default_to_use_and_the_data_where_that_is_not_unique) {
  const plan all = parse(R"(
problems: [{use: softmax, data: {use: digits}}, {use: softmax, data: {use: mnist}}, {use: beale}]
optimizers: [{use: sgd}]
)");
  std::vector<std::string> labels;
  for (const planned_trial& trial : all.trials) labels.push_back(trial.spec.problem.label);
  EXPECT_THAT(labels, ElementsAre("softmax digits", "softmax mnist", "beale"));
}

TEST(manifest, an_optimizer_keeps_its_label_on_problems_of_their_own) {
  const plan all = parse(R"(
problems: [{use: rosenbrock}, {use: beale}]
optimizers: [{use: sgd, with: {lr: 0.001}, on: rosenbrock}, {use: sgd, on: [beale]}]
)");
  ASSERT_EQ(all.trials.size(), 2U);
  EXPECT_EQ(all.trials[0].spec.optimizer.label, "sgd");
  EXPECT_EQ(all.trials[1].spec.optimizer.label, "sgd");
  EXPECT_EQ(all.trials[0].spec.optimizer.optimizer.with.at("lr"), setting(0.001));
  EXPECT_EQ(all.trials[1].spec.optimizer.optimizer.with.at("lr"), setting(0.01));
}

TEST(manifest, instance_and_noise_are_part_of_the_hash_only_where_they_are_asked_for) {
  const auto hash = [](const std::string& more) {
    return parse("problems: [{use: beale" + more + "}]\noptimizers: [{use: sgd}]\n").trials.front().hash;
  };
  EXPECT_EQ(hash(", instance: {rotate: false, shift: false}, noise: 0"), hash(""));
  EXPECT_NE(hash(", instance: {rotate: true}"), hash(""));
  EXPECT_NE(hash(", instance: {shift: true}"), hash(", instance: {rotate: true}"));
  EXPECT_NE(hash(", noise: 0.1"), hash(""));
  EXPECT_NE(hash(", noise: 0.1"), hash(", noise: 0.2"));
}

TEST(manifest, renaming_changes_no_hash_and_a_value_does) {
  const auto hash = [](const std::string& optimizer) {
    return parse("problems: [{use: beale}]\noptimizers: [" + optimizer + "]\n").trials.at(0).hash;
  };
  EXPECT_EQ(hash("{use: sgd}"), hash("{use: sgd, label: plain descent}"));
  EXPECT_EQ(hash("{use: sgd}"), hash("{use: sgd, with: {lr: 1e-2}}"));
  EXPECT_NE(hash("{use: sgd}"), hash("{use: sgd, with: {lr: 0.02}}"));
}

TEST(manifest, validation_may_be_absent_when_nothing_is_asked_of_it) {
  const plan all = parse(R"(
problems: [{use: softmax, data: {use: mnist, with: {validation: 0}}}]
evaluate: {target: {test_accuracy: 0.9}}
optimizers: [{use: sgd}]
)");
  EXPECT_EQ(all.trials.at(0).spec.evaluate.target, (target_spec{"test_accuracy", 0.9}));
}

TEST(manifest, is_loaded_from_a_file_that_names_the_experiment) {
  const auto file = std::filesystem::path(::testing::TempDir()) / "valley walk.yaml";
  std::ofstream(file) << "problems: [{use: beale}]\noptimizers: [{use: sgd}]\n";
  EXPECT_EQ(load_manifest(file, {}, built_plugins()).name, "valley walk");
  std::filesystem::remove(file);
  try {
    load_manifest(file, {}, built_plugins());
    FAIL() << "loaded a file that is not there";
  } catch (const manifest_error& missing) {
    EXPECT_THAT(missing.what(), HasSubstr("valley walk.yaml: there is no such file"));
  }
}

TEST(manifest, the_experiments_of_the_repository_are_valid) {
  const auto folder = std::filesystem::path(RAVINE_TEST_SOURCE_DIR).parent_path() / "experiments";
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++count;
    std::vector<std::string> overrides;  // suites leave the optimizer to the command
    if (entry.path().parent_path().filename() == "suites") overrides.emplace_back("optimizers=[{use: adam}]");
    EXPECT_FALSE(load_manifest(entry.path(), overrides, built_plugins()).trials.empty()) << entry.path();
  }
  EXPECT_GE(count, 2U);
}

}  // namespace
