#include "program.hpp"
#include "results.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

// Runs that are stopped, by Ctrl-C or by force, and go on.
namespace {

using namespace ravine::testing;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// Six trials of 0.15 s each.
constexpr auto slow = R"(name: slow
repetitions: 6
problems: [{use: rosenbrock}]
train: {seconds: 0.15}
optimizers: [{use: sgd, with: {lr: 1e-5}}]
)";

/// One trial that would take long.
constexpr auto endless = R"(name: endless
problems: [{use: rosenbrock}]
train: {seconds: 1000}
optimizers: [{use: sgd, with: {lr: 1e-9}}]
)";

constexpr auto statuses = "SELECT status FROM trials ORDER BY id";
constexpr auto count = "SELECT count(*) FROM trials";

/// How often the status `completed` is in the file, nothing else being there.
long long completed_in(const std::filesystem::path& file) {
  for (const std::string& status : rows_of(file, statuses)) EXPECT_EQ(status, "completed");
  return number_of(file, count);
}

TEST(interrupt, by_force_loses_no_finished_trial) {
  const work_folder folder;
  folder.write("slow.yaml", slow);
  long long kept = 0;
  for (const char* moment : {"[1/6]", "[2/"}) {
    program running(folder, {"run", "--jobs", "1", "slow.yaml"});
    ASSERT_TRUE(running.says(moment)) << running.err();
    running.send(SIGKILL);
    EXPECT_EQ(running.finish().status, -SIGKILL);
    EXPECT_THAT(rows_of(folder / "slow.db", "PRAGMA integrity_check"), ElementsAre("ok"));
    const long long now = completed_in(folder / "slow.db");
    EXPECT_GT(now, kept);
    kept = now;
  }
  ASSERT_LT(kept, 6);
  const auto before = rows_of(folder / "slow.db", "SELECT id, hash, finished_at FROM trials ORDER BY id");
  const outcome rest = run_ravine(folder, {"run", "--jobs", "1", "slow.yaml"});
  EXPECT_EQ(rest.status, 0) << rest.err;
  EXPECT_THAT(rest.err,
              HasSubstr("slow: " + std::to_string(6 - kept) + " of 6 trials to run, into slow.db\n"));
  EXPECT_EQ(completed_in(folder / "slow.db"), 6);
  auto after = rows_of(folder / "slow.db", "SELECT id, hash, finished_at FROM trials ORDER BY id");
  after.resize(before.size());
  EXPECT_EQ(after, before) << "nothing was run again";
}

TEST(interrupt, once_finishes_the_trial_in_progress) {
  const work_folder folder;
  folder.write("slow.yaml", slow);
  program running(folder, {"run", "--jobs", "1", "slow.yaml"});
  ASSERT_TRUE(running.says("[1/6]")) << running.err();
  running.send(SIGINT);
  const outcome stopped = running.finish();
  EXPECT_EQ(stopped.status, 130);
  EXPECT_THAT(stopped.err,
              HasSubstr("interrupted: finishing the trials in progress; once more to stop now\n"));
  const long long kept = completed_in(folder / "slow.db");
  EXPECT_GE(kept, 1);
  EXPECT_LT(kept, 6);
  EXPECT_THAT(stopped.err, HasSubstr("interrupted: " + std::to_string(6 - kept) + " trial"));
  EXPECT_THAT(stopped.err, HasSubstr(" left; run the same command again to resume\n"));
  EXPECT_EQ(run_ravine(folder, {"run", "--jobs", "1", "slow.yaml"}).status, 0);
  EXPECT_EQ(completed_in(folder / "slow.db"), 6);
}

TEST(interrupt, a_terminal_that_hangs_up_ends_the_trial_in_progress) {
  const work_folder folder;
  folder.write("slow.yaml", slow);
  program running(folder, {"run", "--jobs", "1", "slow.yaml"});
  ASSERT_TRUE(running.says("[1/6]")) << running.err();
  for (int i = 0; i < 4; ++i) running.send(SIGHUP);  // a shell and the kernel both tell of it
  const outcome stopped = running.finish();
  EXPECT_EQ(stopped.status, 130);
  EXPECT_THAT(stopped.err,
              HasSubstr("asked to end: saving checkpoints, where there are any, and stopping\n"));
  EXPECT_THAT(stopped.err, Not(HasSubstr("interrupted: stopping")));
  std::vector<std::string> kept = rows_of(folder / "slow.db", statuses);
  ASSERT_GE(kept.size(), 2U);
  EXPECT_LE(kept.size(), 6U);
  EXPECT_EQ(kept.back(), "interrupted");
  EXPECT_EQ(run_ravine(folder, {"run", "--jobs", "1", "slow.yaml"}).status, 0);
  EXPECT_EQ(completed_in(folder / "slow.db"), 6);
}

TEST(interrupt, a_run_under_nohup_goes_on) {
  const work_folder folder;
  folder.write("slow.yaml", slow);
  struct sigaction ignored {};
  struct sigaction before {};
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGHUP, &ignored, &before);
  program running(folder, {"run", "--jobs", "1", "slow.yaml"});
  sigaction(SIGHUP, &before, nullptr);
  ASSERT_TRUE(running.says("[1/6]")) << running.err();
  running.send(SIGHUP);
  EXPECT_EQ(running.finish().status, 0);
  EXPECT_EQ(completed_in(folder / "slow.db"), 6);
}

TEST(interrupt, twice_stops_at_once_and_the_trial_is_run_again) {
  const work_folder folder;
  folder.write("endless.yaml", endless);
  // A terminal's bar tells when the trial has begun.
  program running(folder, {"run", "endless.yaml"}, {{"TERM", "xterm"}}, error_stream::terminal);
  ASSERT_TRUE(running.says("1/1 rosenbrock")) << running.err();
  running.send(SIGINT);
  ASSERT_TRUE(running.says("interrupted: finishing the trials in progress")) << running.err();
  running.send(SIGINT);
  const outcome stopped = running.finish();
  EXPECT_EQ(stopped.status, 130);
  EXPECT_THAT(stopped.err, HasSubstr("interrupted: stopping\r\n"));
  EXPECT_THAT(stopped.err, HasSubstr("interrupted: 1 trial left; run the same command again to resume\r\n"));
  EXPECT_THAT(rows_of(folder / "endless.db", statuses), ElementsAre("interrupted"));
  EXPECT_THAT(run_ravine(folder, {"run", "endless.yaml", "--dry-run"}).out,
              HasSubstr("\n1 of 1 trial still to be run into endless.db\n"));
}

/// Some seconds of training, also with sanitizers, with an evaluation every quarter and a checkpoint that is
/// never due.
#if defined(RAVINE_SANITIZE_ADDRESS)
#define MANY "1600000"
#define A_QUARTER "400000"
#define NEARLY_ALL "1599999"
#else
#define MANY "16000000"
#define A_QUARTER "4000000"
#define NEARLY_ALL "15999999"
#endif
constexpr auto checkpointed =
    "name: checkpointed\n"
    "problems: [{use: rosenbrock, noise: 0.1, train: {steps: " MANY "}, evaluate: {every: {steps: " A_QUARTER
    "}}}]\n"
    "optimizers: [{use: adam, with: {lr: 1e-5}}]\n"
    "checkpoint: {every: {steps: " NEARLY_ALL "}}\n";

std::vector<std::string> curve_in(const std::filesystem::path& file) {
  return rows_of(file,
                 "SELECT json_extract(value, '$[0]') || ' ' || json_extract(value, '$[1]') || ' ' || "
                 "json_extract(value, '$[5]') FROM evaluations, json_each(points)");
}

TEST(interrupt, by_a_batch_system_leaves_a_checkpoint_within_seconds) {
  const work_folder folder;
  folder.write("checkpointed.yaml", checkpointed);
  ASSERT_EQ(run_ravine(folder, {"run", "checkpointed.yaml", "--out", "whole.db"}).status, 0);
  program running(folder, {"run", "checkpointed.yaml"});
  ASSERT_TRUE(running.says("to run, into"));
  usleep(500'000);
  running.send(SIGTERM);
  const auto stopped = running.finish_within(std::chrono::seconds(5));
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->status, 130);
  ASSERT_THAT(rows_of(folder / "checkpointed.db", statuses), ElementsAre("interrupted"));
  EXPECT_EQ(number_of(folder / "checkpointed.db", "SELECT count(*) FROM checkpoints"), 1);
  const outcome rest = run_ravine(folder, {"run", "checkpointed.yaml"});
  EXPECT_EQ(rest.status, 0) << rest.err;
  EXPECT_THAT(rest.err, Not(HasSubstr("checkpoint ")));
  EXPECT_THAT(rows_of(folder / "checkpointed.db", statuses), ElementsAre("completed"));
  EXPECT_EQ(curve_in(folder / "checkpointed.db"), curve_in(folder / "whole.db"));
  EXPECT_EQ(curve_in(folder / "whole.db").size(), 5U);
}

/// Trials whose every bit is decided by the manifest.
constexpr auto noisy = R"(name: noisy
repetitions: 6
problems: [{use: rosenbrock, noise: 0.1}]
train: {steps: 100000}
evaluate: {every: {steps: 10000}}
optimizers: [{use: adam, with: {lr: 1e-4}}]
)";

const std::vector<std::string> run_noisy{"run", "--jobs", "1", "noisy.yaml"};

/// Where `noisy` has been run undisturbed.
const work_folder& calm() {
  static const work_folder folder;
  static const outcome done = [] {
    folder.write("noisy.yaml", noisy);
    return run_ravine(folder, run_noisy);
  }();
  EXPECT_EQ(done.status, 0) << done.err;
  return folder;
}

/// Runs what is left of `noisy`: then all is as if nothing had come in between.
void expect_to_end_as_if_calm(const work_folder& folder) {
  const outcome rest = run_ravine(folder, run_noisy);
  EXPECT_EQ(rest.status, 0) << rest.err;
  EXPECT_EQ(completed_in(folder / "noisy.db"), 6);
  EXPECT_EQ(computed_in(folder / "noisy.db"), computed_in(calm() / "noisy.db"));
}

/// As a terminal signals a foreground job, and a batch system all processes of a step.
class interrupt_of_the_whole_group : public ::testing::TestWithParam<int> {};

TEST_P(interrupt_of_the_whole_group, is_no_ending_of_a_trial) {
  const work_folder folder;
  folder.write("noisy.yaml", noisy);
  program running(folder, run_noisy);
  ASSERT_TRUE(running.says("[1/6]")) << running.err();
  ASSERT_EQ(kill(-running.id(), GetParam()), 0);
  const outcome stopped = running.finish();
  EXPECT_EQ(stopped.status, 130) << stopped.err;
  const auto kept = rows_of(folder / "noisy.db", statuses);
  EXPECT_THAT(kept, Each(AnyOf("completed", "interrupted"))) << stopped.err;
  EXPECT_LT(std::count(kept.begin(), kept.end(), "completed"), 6);
  expect_to_end_as_if_calm(folder);
}

INSTANTIATE_TEST_SUITE_P(all, interrupt_of_the_whole_group, ::testing::Values(SIGTERM, SIGHUP, SIGINT),
                         [](const auto& each) { return std::string("SIG") + sigabbrev_np(each.param); });

/// Stops a process; false if it ended before.
bool stops(pid_t process) {
  if (kill(process, SIGSTOP) != 0) return false;
  for (int i = 0; i < 10'000; ++i) {
    const std::string state = text_of("/proc/" + std::to_string(process) + "/stat");
    if (state.find(") T ") != std::string::npos) return true;
    if (state.empty() || state.find(") Z ") != std::string::npos) return false;
    usleep(1000);
  }
  return false;
}

/// Stops a trial of a run with one job, so that it does not end before what the test does next. Its worker;
/// -1 if all trials end before.
pid_t hold_a_trial(const program& running) {
  for (;;) {
    const pid_t worker = worker_of(running);
    if (worker < 0) return -1;
    const pid_t trial = child_of(worker);
    if (trial > 0 && stops(trial)) return worker;
  }
}

TEST(interrupt, a_worker_that_is_killed_costs_its_own_trial_until_the_next_run) {
  const work_folder folder;
  folder.write("noisy.yaml", noisy);
  program running(folder, run_noisy);
  ASSERT_TRUE(running.says("[1/6]")) << running.err();
  const pid_t worker = hold_a_trial(running);
  ASSERT_GT(worker, 0);
  ASSERT_EQ(kill(worker, SIGKILL), 0);
  const outcome ended = running.finish();
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.err, HasSubstr("its worker was killed\n"));
  EXPECT_THAT(ended.err, HasSubstr("noisy: 1 trial left, since what they need was lost on the way"));
  EXPECT_THAT(rows_of(folder / "noisy.db", "SELECT reason FROM trials WHERE status = 'interrupted'"),
              ElementsAre("its worker was killed"));
  expect_to_end_as_if_calm(folder);
}

TEST(interrupt, the_process_that_starts_workers_costs_no_result_when_it_is_killed) {
  const work_folder folder;
  folder.write("noisy.yaml", noisy);
  program running(folder, run_noisy);
  ASSERT_TRUE(running.says("[1/6]")) << running.err();
  ASSERT_GT(hold_a_trial(running), 0);
  const pid_t starter = child_of(running.id());
  ASSERT_EQ(kill(starter, SIGKILL), 0);
  const outcome ended = running.finish();
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.err, HasSubstr("the process that starts workers was killed"));
  EXPECT_THAT(rows_of(folder / "noisy.db", statuses), Each(AnyOf("completed", "interrupted")));
  expect_to_end_as_if_calm(folder);
}

TEST(interrupt, of_one_experiment_starts_no_other) {
  const work_folder folder;
  folder.write("slow.yaml", slow);
  folder.write("endless.yaml", endless);
  program running(folder, {"run", "--jobs", "1", "slow.yaml", "endless.yaml"});
  ASSERT_TRUE(running.says("[1/6]")) << running.err();
  running.send(SIGINT);
  const outcome stopped = running.finish();
  EXPECT_EQ(stopped.status, 130);
  EXPECT_THAT(stopped.err, Not(HasSubstr("endless")));
}

TEST(interrupt, a_file_in_use_is_refused_and_can_be_read) {
  const work_folder folder;
  folder.write("endless.yaml", endless);
  program running(folder, {"run", "endless.yaml"});
  ASSERT_TRUE(running.says("to run, into endless.db"));
  const outcome second = run_ravine(folder, {"run", "endless.yaml"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("endless.db: another ravine run is writing to it"));
  EXPECT_EQ(number_of(folder / "endless.db", count), 0);
}

}  // namespace
