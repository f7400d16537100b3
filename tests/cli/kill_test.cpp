#include "program.hpp"
#include "results.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>

#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// A sweep that is killed again and again, at any moment, ends as if it had never been.
namespace {

using namespace ravine::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Short trials, and long ones that go on in the middle; noise, dropout, schedules with and without state.
constexpr auto short_sweep = R"(name: sweep
repetitions: 4
problems:
  - {use: rosenbrock, noise: 0.1, instance: {rotate: true}, train: {steps: 2000}, evaluate: {every: {steps: 300}}}
  - use: mlp
    with: {hidden: [32], dropout: 0.2}
    data: {use: digits, with: {train: 2000, validation: 200, test: 200}}
    train: {epochs: 6, batch_size: 32}
checkpoint: {every: {steps: 50}}
optimizers:
  - {use: adam, with: {lr: {grid: [1e-4, 1e-3]}}, schedule: {lr: [{use: plateau, with: {patience: 1}}]}}
  - {use: schedule_free_adamw, with: {lr: 1e-3}}
  - {use: sam, with: {lr: 1e-4}, schedule: {lr: [{use: cosine}]}}
)";

int kills() {
  const char* const asked = std::getenv("RAVINE_KILLS");
  return asked == nullptr ? 10 : std::atoi(asked);
}

/// Processes that run in that folder.
std::set<std::string> processes_in(const work_folder& folder) {
  std::set<std::string> found;
  DIR* const all = opendir("/proc");
  while (const dirent* const each = readdir(all)) {
    std::error_code ignored;
    const auto where = std::filesystem::read_symlink(std::string("/proc/") + each->d_name + "/cwd", ignored);
    if (!ignored && where == folder.path()) found.insert(each->d_name);
  }
  closedir(all);
  return found;
}

/// The kernel takes a moment to end the workers of a killed process.
std::set<std::string> orphans_of(const work_folder& folder) {
  std::set<std::string> left;
  for (int i = 0; i < 200; ++i) {
    left = processes_in(folder);
    if (left.empty()) break;
    std::this_thread::sleep_for(10ms);
  }
  return left;
}

/// How many checkpoints are in the results file, if there is one and it has its tables.
long long checkpoints_in(const work_folder& folder) {
  for (const char* name : {"sweep.db", "long.db"}) {
    const auto file = folder / name;
    if (std::filesystem::exists(file) &&
        !rows_of(file, "SELECT 1 FROM sqlite_schema WHERE name = 'checkpoints'").empty()) {
      return number_of(file, "SELECT count(*) FROM checkpoints");
    }
  }
  return 0;
}

TEST(kill, at_any_moment_changes_no_result) {
  const work_folder calm, folder;
  calm.write("sweep.yaml", short_sweep);
  folder.write("sweep.yaml", short_sweep);
  const std::vector<std::string> command{"run", "--jobs", "2", "sweep.yaml"};
  const auto before = std::chrono::steady_clock::now();
  const outcome undisturbed = run_ravine(calm, command);
  const std::chrono::duration<double> whole = std::chrono::steady_clock::now() - before;
  ASSERT_EQ(undisturbed.status, 0) << undisturbed.err;
  std::mt19937 random(1);
  // The first ones as soon as there is a checkpoint, until one of them leaves it. From then on as much time
  // in all as an undisturbed run takes, and some for each start: most find it at work.
  std::uniform_real_distribution<double> wait(0, 2 * whole.count() / kills() + 0.1);
  int killed = 0;
  int with_checkpoint = 0;
  for (int i = 0; i < kills(); ++i) {
    program running(folder, command);
    if (with_checkpoint == 0) {
      for (int k = 0; k < 10000 && checkpoints_in(folder) == 0; ++k) std::this_thread::sleep_for(1ms);
    } else {
      std::this_thread::sleep_for(std::chrono::duration<double>(wait(random)));
    }
    running.send(SIGKILL);
    if (running.finish().status == -SIGKILL) ++killed;
    EXPECT_THAT(orphans_of(folder), IsEmpty());
    if (checkpoints_in(folder) > 0) ++with_checkpoint;
    if (std::filesystem::exists(folder / "sweep.db")) {
      EXPECT_THAT(rows_of(folder / "sweep.db", "PRAGMA integrity_check"), ElementsAre("ok"));
    }
  }
  const long long done = number_of(folder / "sweep.db", "SELECT count(*) FROM trials");
  const outcome last = run_ravine(folder, command);
  EXPECT_EQ(last.status, 0) << last.err;
  EXPECT_EQ(computed_in(folder / "sweep.db"), computed_in(calm / "sweep.db"));
  EXPECT_THAT(rows_of(folder / "sweep.db", "PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_EQ(checkpoints_in(folder), 0);
  EXPECT_GT(killed, kills() / 4) << "most kills come in time";
  EXPECT_GT(with_checkpoint, 0) << "some trials go on in the middle";
  std::cout << kills() << " kills, " << killed << " of them in time, " << with_checkpoint
            << " with a trial to go on from the middle of, " << done
            << " trials done by then; undisturbed it takes " << whole.count() << " s\n";
}

/// One trial of some seconds.
constexpr auto lengthy = R"(name: long
problems: [{use: rosenbrock}]
train: {steps: 6000000}
checkpoint: {every: {steps: 100000}}
optimizers: [{use: adam, with: {lr: 1e-4}}]
)";

/// Each run is killed long before the trial would end: without checkpoints it never would.
TEST(kill, loses_no_more_of_a_trial_than_since_its_last_checkpoint) {
  const work_folder calm, folder;
  calm.write("long.yaml", lengthy);
  folder.write("long.yaml", lengthy);
  const std::vector<std::string> command{"run", "--jobs", "1", "long.yaml"};
  // To look at plugins for the first time may take longer than the trial.
  const std::map<std::string, std::string> remembering{{"XDG_CACHE_HOME", calm / "cache"}};
  ASSERT_EQ(run_ravine(calm, {"plugins"}, remembering).status, 0);
  const auto before = std::chrono::steady_clock::now();
  ASSERT_EQ(run_ravine(calm, command, remembering).status, 0);
  const auto whole = std::chrono::steady_clock::now() - before;
  int status = -SIGKILL;
  for (int i = 0; i < 30 && status == -SIGKILL; ++i) {
    program running(folder, command, remembering);
    std::this_thread::sleep_for(whole / 3);
    running.send(SIGKILL);
    status = running.finish().status;
  }
  EXPECT_EQ(status, 0);
  EXPECT_EQ(computed_in(folder / "long.db"), computed_in(calm / "long.db"));
}

TEST(kill, leaves_a_checkpoint_that_another_build_does_not_use) {
  const work_folder folder;
  folder.write("long.yaml", lengthy);
  {
    program running(folder, {"run", "--jobs", "1", "long.yaml"});
    for (int i = 0; i < 10000 && checkpoints_in(folder) == 0; ++i) std::this_thread::sleep_for(1ms);
    running.send(SIGKILL);
    ASSERT_EQ(running.finish().status, -SIGKILL);
  }
  execute_in(folder / "long.db", "UPDATE provenances SET build_sha256 = 'another'");
  program again(folder, {"run", "--jobs", "1", "long.yaml"});
  EXPECT_TRUE(
      again.says("repetition 1: the checkpoint was made by another build or on another processor; the "
                 "trial begins at its start\n"))
      << again.err();
}

}  // namespace
