#include "slurm_support.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

// An experiment on three nodes of Slurm ends as it does on one machine, however its command ends.
namespace ravine::testing {
namespace {

namespace fs = std::filesystem;

/// 3 optimizers on 2 problems, tuned in two rungs, with finalists.
constexpr auto tuned = R"(name: tuned
repetitions: 3
problems:
  - {use: rosenbrock, noise: 0.1}
  - {use: rastrigin, instance: {shift: true}}
train: {steps: 300}
tuning: {method: sobol, trials: 4, repetitions: 2, finalists: 2, stop_early: {rungs: 2, factor: 2}}
optimizers:
  - {use: momentum, with: {lr: {log_uniform: [1e-5, 1e-2]}}}
  - {use: adam, with: {lr: {log_uniform: [1e-4, 1e-1]}}}
  - {use: rmsprop, with: {lr: {log_uniform: [1e-4, 1e-1]}}}
)";

constexpr auto longer_budget = R"(name: budget
repetitions: 4
problems: [{use: rosenbrock, noise: 0.1}]
train: {steps: 300}
evaluate: {every: {steps: 100}}
checkpoint: {at_end: true}
optimizers: [{use: adam, with: {lr: 0.01}}]
)";

void copy_plugin(const std::string& name, const fs::path& folder) {
  for (const auto& each : fs::recursive_directory_iterator(RAVINE_PLUGINS)) {
    if (each.path().filename() == name + ".so") fs::copy(each.path(), folder / (name + ".so"));
  }
}

TEST_F(slurm_test, a_tuned_experiment_with_halving_ends_as_on_one_machine) {
  folder_.write("tuned.yaml", tuned);
  const outcome done = run_ravine(folder_, on_slurm("tuned.yaml"), environment());
  ASSERT_EQ(done.status, 0) << done.err;
  expect_like_local("tuned.yaml", "tuned.db");
  EXPECT_EQ(rows_of(folder_ / "tuned.db", "SELECT DISTINCT node FROM provenances ORDER BY 1"), nodes_);
}

TEST_F(slurm_test, trials_with_a_longer_budget_go_on_from_the_end_of_shorter_ones) {
  folder_.write("budget.yaml", longer_budget);
  const auto curve_of = [&](int steps) {
    const texts words = on_slurm("budget.yaml", {"--set", fmt::format("train.steps={}", steps)});
    const outcome done = run_ravine(folder_, words, environment());
    EXPECT_EQ(done.status, 0) << done.err;
    // What was measured can't be the same twice, unless it is the same training.
    return rows_of(folder_ / "budget.db",
                   "SELECT DISTINCT repetition, step, seconds FROM curves WHERE step BETWEEN 1 AND 300 "
                   "ORDER BY 1, 2");
  };
  const texts shorter = curve_of(300);
  EXPECT_EQ(shorter.size(), 12U);
  EXPECT_EQ(curve_of(600), shorter);
  ASSERT_EQ(run_ravine(folder_, {"run", "budget.yaml", "--out", "local.db"}).status, 0);
  expect_like_local("budget.yaml", "budget.db", {"--set", "train.steps=600"});
}

TEST_F(slurm_test, a_command_that_was_killed_goes_on_and_submits_nothing_twice) {
  folder_.write("slow.yaml", slow);
  const auto stop = [](program& command) {
    command.send(SIGKILL);
    command.finish();
  };
  set_partition("DOWN");
  program first(folder_, on_slurm("slow.yaml"), environment());
  ASSERT_TRUE(first.says("waiting")) << first.err();
  stop(first);
  program second(folder_, on_slurm("slow.yaml"), environment());
  ASSERT_TRUE(second.says("of an earlier command")) << second.err();
  set_partition("UP");
  EXPECT_TRUE(eventually([&] { return number_of(folder_ / "slow.db", "SELECT count(*) FROM trials") > 0; }));
  stop(second);
  EXPECT_EQ(second.err().find("submitted"), std::string::npos) << second.err();
  const outcome done = run_ravine(folder_, on_slurm("slow.yaml"), environment());
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(done.err.find("submitted"), std::string::npos) << done.err;
  expect_like_local("slow.yaml", "slow.db");
}

TEST_F(slurm_test, ctrl_c_leaves_the_jobs_and_twice_cancels_them) {
  folder_.write("slow.yaml", slow);
  const texts words = on_slurm("slow.yaml", longer());
  set_partition("DOWN");
  {
    program first(folder_, words, environment());
    ASSERT_TRUE(first.says("waiting")) << first.err();
    first.send(SIGINT);
    const outcome done = first.finish();
    EXPECT_EQ(done.status, 130);
    EXPECT_NE(done.err.find("goes on: the same command takes in what they do; to end them: scancel "),
              std::string::npos)
        << done.err;
  }
  program second(folder_, words, environment());
  ASSERT_TRUE(second.says("earlier command")) << second.err();
  set_partition("UP");
  EXPECT_TRUE(eventually([&] { return !running("%i").empty(); }));
  second.send(SIGINT);
  ASSERT_TRUE(second.says("once more")) << second.err();
  second.send(SIGINT);
  EXPECT_EQ(second.finish().status, 130);
  EXPECT_TRUE(eventually([&] { return is_queue_empty(); }));
  ASSERT_EQ(run_ravine(folder_, words, environment()).status, 0);
  expect_like_local("slow.yaml", "slow.db", longer());
}

TEST_F(slurm_test, a_machine_with_another_plugin_runs_nothing_and_says_so) {
  fs::create_directory(folder_ / "plugins");
  for (const char* name : {"adam", "rosenbrock"}) copy_plugin(name, folder_ / "plugins");
  folder_.write("slow.yaml", slow);
  set_partition("DOWN");
  program running(folder_, on_slurm("slow.yaml"), environment());
  ASSERT_TRUE(running.says("waiting")) << running.err();
  std::ofstream(folder_ / "plugins" / "adam.so", std::ios::app | std::ios::binary) << "another";
  set_partition("UP");
  const outcome done = running.finish();
  EXPECT_EQ(done.status, 1);
  EXPECT_NE(done.err.find("runs nothing: the optimizer adam comes from another file than the command's"),
            std::string::npos)
      << done.err;
  EXPECT_EQ(number_of(folder_ / "slow.db", "SELECT count(*) FROM trials"), 0);
}

TEST_F(slurm_test, one_kind_of_processor_is_kept_to_where_that_is_asked_for) {
  folder_.write("slow.yaml", slow);
  const texts words = on_slurm("slow.yaml", {"--require", "same-processor", "--set", "repetitions=4"});
  folder_.write("slow.parts/processor", "another kind");
  const outcome refused = run_ravine(folder_, words, environment());
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("--require same-processor keeps to another kind"), std::string::npos)
      << refused.err;
  EXPECT_TRUE(eventually([&] { return is_queue_empty(); })) << "no task writes there any more";
  fs::remove_all(folder_ / "slow.parts");
  const outcome done = run_ravine(folder_, words, environment());
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_FALSE(fs::exists(folder_ / "slow.parts"));
}

}  // namespace
}  // namespace ravine::testing
