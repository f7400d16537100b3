#include "slurm_support.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

// What happens to jobs costs trials in progress, and nothing else.
namespace ravine::testing {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST_F(slurm_test, tasks_that_are_killed_cancelled_or_lost_with_their_node_cost_nothing_but_time) {
  folder_.write("slow.yaml", slow);
  program running_one(folder_, on_slurm("slow.yaml", longer()), environment());
  ASSERT_TRUE(eventually([&] { return !tasks_on(nodes_[0]).empty() && !tasks_on(nodes_[2]).empty(); }));
  for (const pid_t each : tasks_on(nodes_[0])) kill(each, SIGKILL);
  EXPECT_TRUE(running_one.says("FAILED")) << running_one.err();
  const texts tasks = running("%i");
  EXPECT_EQ(output_of("scancel " + (tasks.empty() ? "" : tasks.back())), "");
  EXPECT_TRUE(running_one.says("CANCELLED") || running_one.finish_within(1s)) << running_one.err();
  stop_node(nodes_[2]);
  const outcome done = running_one.finish();
  start_node(nodes_[2]);
  ASSERT_EQ(done.status, 0) << done.err;
  expect_like_local("slow.yaml", "slow.db", longer());
}

TEST_F(slurm_test, tasks_that_are_preempted_go_on_when_the_urgent_job_has_ended) {
  folder_.write("slow.yaml", slow);
  program running_one(folder_, on_slurm("slow.yaml", longer()), environment());
  ASSERT_TRUE(eventually([&] { return !tasks_on(nodes_[1]).empty(); }));
  output_of(fmt::format(
      "sbatch --partition=urgent --nodelist={} --exclusive --output=/dev/null --wrap='sleep 1'", nodes_[1]));
  EXPECT_TRUE(eventually([&] {
    return output_of("scontrol show jobs").find("Restarts=1 ") != std::string::npos;
  })) << output_of("scontrol show jobs");
  const outcome done = running_one.finish();
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_NE(done.err.find("1 job array submitted"), std::string::npos) << "Slurm requeues them\n" << done.err;
  expect_like_local("slow.yaml", "slow.db", longer());
}

TEST_F(slurm_test, a_trial_that_takes_longer_than_its_time_limit_goes_on_in_the_next_task) {
  folder_.write("slow.yaml", slow);
  const texts one{"--set", "repetitions=1", "--set", "train.steps=100000000"};
  program endless(folder_, on_slurm("slow.yaml", one, "time=1"), environment());
  const auto steps = [&] {
    return number_of(folder_ / "slow.db",
                     "SELECT coalesce(max(steps), 0) FROM trials WHERE status = 'interrupted'");
  };
  ASSERT_TRUE(eventually([&] { return seconds_on_nodes() > 0; }));
  // Time limits are of minutes.
  output_of(fmt::format("scontrol update jobid={} EndTime=now+5", running("%F").at(0)));
  EXPECT_TRUE(endless.says("has ended") || endless.says("has ended")) << endless.err();
  const auto before = steps();
  EXPECT_GT(before, 0);
  const auto kept = rows_of(folder_ / "slow.db", "SELECT seconds FROM checkpoints");
  ASSERT_EQ(kept.size(), 1U);
  const double seconds_before = std::stod(kept[0]);
  double seconds = 0;
  ASSERT_TRUE(eventually([&] {
    seconds = seconds_on_nodes();
    return seconds > 0 && seconds != seconds_before;
  }));
  EXPECT_GT(seconds, seconds_before) << "it went on from there";
  output_of("scancel " + running("%F").at(0));
  EXPECT_TRUE(eventually([&] { return steps() > before; })) << endless.err();
  endless.send(SIGINT);
  endless.send(SIGINT);
  endless.finish();
}

TEST_F(slurm_test, torn_and_foreign_part_files_are_set_aside_and_run_again) {
  folder_.write("slow.yaml", slow);
  begin_and_kill("slow.yaml");
  ASSERT_TRUE(eventually([&] { return is_queue_empty(); }));
  const std::vector<fs::path> parts = files_in(folder_ / "slow.parts", ".db");
  ASSERT_GE(parts.size(), 4U);
  fs::resize_file(parts[0], fs::file_size(parts[0]) / 2);
  fs::copy_file(parts[2], parts[1], fs::copy_options::overwrite_existing);
  std::ofstream(parts[3]) << "something else";
  const outcome done = run_ravine(folder_, on_slurm("slow.yaml"), environment());
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_NE(done.err.find("expected the part"), std::string::npos) << done.err;
  EXPECT_EQ(files_in(folder_ / "slow.parts", ".damaged").size(), 3U) << done.err;
  fs::remove_all(folder_ / "slow.parts");
  expect_like_local("slow.yaml", "slow.db");
}

TEST_F(slurm_test, a_trial_that_is_lost_again_and_again_is_given_up_until_the_next_command) {
  folder_.write("slow.yaml", slow);
  const texts one{"--set", "repetitions=1", "--set", "train.steps=100000000"};
  program endless(folder_, on_slurm("slow.yaml", one), environment());
  std::optional<outcome> done;
  for (int i = 0; i < 600 && !done; ++i) {
    for (const std::string& node : nodes_) {
      for (const pid_t each : tasks_on(node)) kill(each, SIGKILL);
    }
    done = endless.finish_within(1s);
  }
  ASSERT_TRUE(done) << endless.err();
  EXPECT_EQ(done->status, 1);
  EXPECT_EQ(rows_of(folder_ / "slow.db", "SELECT status FROM trials"), texts{"lost"}) << done->err;
  EXPECT_NE(rows_of(folder_ / "slow.db", "SELECT reason FROM trials").at(0).find("3 times"),
            std::string::npos);
}

}  // namespace
}  // namespace ravine::testing
