#include "run/in_process.hpp"
#include "run/worker_executor.hpp"
#include "trial/curve_text.hpp"
#include "unit/plugin_support.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Faults of plugins in worker processes: each costs its own trial, and nothing else.
namespace ravine {
namespace {

using ::testing::HasSubstr;

registry plugins_with_a_hostile_one() {
  registry loaded;
  for (const char* name : {"rosenbrock", "beale", "adam", "mlp"}) {
    loaded.load(std::filesystem::path(RAVINE_TEST_PLUGIN_DIR) / (std::string(name) + ".so"));
  }
  loaded.load(testing::test_object("hostile"));
  return loaded;
}

const registry& plugins() {
  static const registry loaded = plugins_with_a_hostile_one();
  return loaded;
}

/// 100 steps of an optimizer on rosenbrock, evaluated every 10.
planned_trial trial_with(const std::string& optimizer, settings with, std::uint64_t repetition = 0) {
  planned_trial trial;
  trial.spec.problem.label = "rosenbrock";
  trial.spec.problem.model.use = "rosenbrock";
  trial.spec.problem.type = dtype::f64;
  trial.spec.optimizer.label = optimizer;
  trial.spec.optimizer.optimizer.use = optimizer;
  trial.spec.optimizer.optimizer.with = std::move(with);
  trial.spec.train.budget = {100, cost_unit::steps};
  trial.spec.evaluate.every = {10, cost_unit::steps};
  trial.spec.repetition = repetition;
  trial.hash = content_hash(trial.spec);
  return trial;
}

planned_trial faulty(const std::string& fault) { return trial_with("hostile", {{"fault", fault}}); }

class collector : public run_listener {
 public:
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial& trial, const trial_result& result) override {
    EXPECT_TRUE(results.emplace(trial.hash, result).second) << "ended twice";
  }
  command next() override { return command::go_on; }

  std::map<std::string, trial_result> results;
};

std::map<std::string, trial_result> run_in_workers(const std::vector<planned_trial>& trials,
                                                   std::size_t jobs) {
  collector seen;
  worker_executor executor(plugins(), jobs);
  executor.prepare(trials);
  executor.run(trials, seen);
  return seen.results;
}

trial_result run_alone(const planned_trial& trial) { return run_in_workers({trial}, 1).at(trial.hash); }

void expect_same(const trial_result& a, const trial_result& b) {
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.spent.steps, b.spent.steps);
  EXPECT_EQ(a.spent.evaluations, b.spent.evaluations);
  EXPECT_EQ(a.parameters, b.parameters);
  EXPECT_EQ(a.state_bytes, b.state_bytes);
  EXPECT_EQ(a.scratch_bytes, b.scratch_bytes);
  EXPECT_EQ(a.path.points, b.path.points);
  EXPECT_EQ(a.path.steps, b.path.steps);
  EXPECT_EQ(a.path.evaluations, b.path.evaluations);
  EXPECT_EQ(a.path.losses, b.path.losses);
  ASSERT_EQ(a.evaluations.size(), b.evaluations.size());
  for (std::size_t i = 0; i < a.evaluations.size(); ++i) {
    EXPECT_EQ(a.evaluations[i].at.steps, b.evaluations[i].at.steps);
    EXPECT_EQ(a.evaluations[i].metrics, b.evaluations[i].metrics);
  }
}

struct fault_case {
  const char* fault;
  trial_status status;
  const char* reason;
};

void PrintTo(const fault_case& each, std::ostream* out) { *out << each.fault; }

class workers_faults : public ::testing::TestWithParam<fault_case> {};

TEST_P(workers_faults, cost_their_own_trial) {
#if defined(RAVINE_SANITIZE_ADDRESS)
  if (GetParam().fault == std::string("allocate")) {
    GTEST_SKIP() << "the address sanitizer ends a process that has no more memory, where new would throw";
  }
#endif
  planned_trial trial = faulty(GetParam().fault);
  const double seconds =
      GetParam().status == trial_status::timed_out ? 1 : 300;  // others may meet a busy machine
  trial.spec.limits = {seconds, std::uint64_t{256} << 20U};
  const trial_result result = run_alone(trial);
  EXPECT_EQ(to_string(result.status), to_string(GetParam().status));
  EXPECT_THAT(result.reason, HasSubstr(GetParam().reason));
  ASSERT_GE(result.evaluations.size(), 5U) << "the curve up to step 49 is kept";
  EXPECT_EQ(result.evaluations[4].at.steps, 40U);
  EXPECT_EQ(result.parameters, 2U);
  EXPECT_EQ(result.state_bytes, 2 * sizeof(double)) << "what it had, however it ended";
  EXPECT_TRUE(result.curve_points.empty() || result.curve_points == curve_points(result.evaluations));
}

INSTANTIATE_TEST_SUITE_P(
    all, workers_faults,
    ::testing::Values(
        fault_case{"segfault", trial_status::crashed, "SIGSEGV: went through a null pointer"},
        fault_case{"abort", trial_status::crashed, "SIGABRT"},
        fault_case{"exit", trial_status::crashed, "a plugin called exit(0)"},
        fault_case{"quit", trial_status::crashed, "a plugin ended the process with status 3"},
        fault_case{"throw", trial_status::failed, "hostile: step: thrown on purpose"},
        fault_case{"loop", trial_status::timed_out, "took longer than the 1 seconds of limits"},
        fault_case{"allocate", trial_status::out_of_memory, "memory"},
        fault_case{"overflow_stack", trial_status::crashed, "SIGSEGV: the stack overflowed"},
        fault_case{"write_past_params", trial_status::crashed, "past the end of the parameters"},
        fault_case{"write_beside_params", trial_status::failed,
                   "hostile: wrote after the end of the parameters"},
        fault_case{"write_before_state", trial_status::failed,
                   "hostile: wrote before the beginning of state m"},
        fault_case{"write_gradients", trial_status::crashed,
                   "wrote to the gradients, which only the host may change"},
        fault_case{"close_descriptors", trial_status::crashed, "closed the trial's connection"},
        fault_case{"write_a_curve", trial_status::crashed,
                   "a plugin wrote to the trial's connection (expected a number of a curve, found \"}\")"}),
    [](const auto& each) { return std::string(each.param.fault); });

TEST(workers, give_the_same_results_as_this_process) {
  const std::vector<planned_trial> trials{trial_with("adam", {{"lr", 0.1}}),
                                          trial_with("adam", {{"lr", 0.01}})};
  collector here;
  in_process_executor(plugins()).run(trials, here);
  const auto there = run_in_workers(trials, 2);
  ASSERT_EQ(there.size(), 2U);
  for (const auto& [hash, result] : there) expect_same(result, here.results.at(hash));
}

TEST(workers, write_the_text_of_a_curve_themselves) {
  planned_trial trial = trial_with("adam", {{"lr", 0.1}});
  const trial_result result = run_alone(trial);
  EXPECT_EQ(result.curve_points, curve_points(result.evaluations));
}

TEST(workers, keep_a_curve_that_is_longer_than_the_shared_log) {
  planned_trial trial = trial_with("adam", {{"lr", 0.01}});
  trial.spec.train.budget = {20'000, cost_unit::steps};
  trial.spec.evaluate.every = {1, cost_unit::steps};
  const trial_result result = run_alone(trial);
  ASSERT_EQ(result.evaluations.size(), 20'001U);
  for (std::size_t i = 0; i < result.evaluations.size(); ++i) ASSERT_EQ(result.evaluations[i].at.steps, i);
  EXPECT_TRUE(result.curve_points == curve_points(result.evaluations));
}

TEST(workers, leave_all_other_trials_unharmed) {
  std::vector<planned_trial> trials;
  for (std::uint64_t i = 0; i < 90; ++i)
    trials.push_back(trial_with("adam", {{"lr", 0.001 * (1.0 + double(i))}}, i));
  collector clean;
  in_process_executor(plugins()).run(trials, clean);
  std::vector<planned_trial> mixed;
  const char* const faults[] = {"segfault",
                                "abort",
                                "exit",
                                "throw",
                                "allocate",
                                "overflow_stack",
                                "write_gradients",
                                "write_beside_params",
                                "close_descriptors"};
  for (std::size_t i = 0; i < trials.size(); ++i) {
    mixed.push_back(trials[i]);
    if (i % 10 != 9) continue;
    mixed.push_back(faulty(faults[i / 10]));
    mixed.back().spec.limits = {10, std::uint64_t{256} << 20U};
  }
  const auto results = run_in_workers(mixed, 2);
  EXPECT_EQ(results.size(), mixed.size());
  for (const planned_trial& trial : trials) expect_same(results.at(trial.hash), clean.results.at(trial.hash));
}

TEST(workers, tell_where_a_plugin_crashed) {
  EXPECT_THAT(run_alone(faulty("segfault")).reason, HasSubstr("hostile"));
}

TEST(workers, share_the_data_of_this_process) {
  planned_trial trial = trial_with("adam", {});
  trial.spec.problem.model = {"mlp", {{"hidden", std::vector<std::int64_t>{8}}}, ""};
  trial.spec.problem.type = dtype::f32;
  trial.spec.problem.data = data_request{
      "digits", {{"train", std::int64_t{200}}, {"validation", std::int64_t{50}}, {"test", std::int64_t{50}}}};
  trial.spec.train.budget = {2, cost_unit::epochs};
  trial.spec.evaluate.every = {1, cost_unit::epochs};
  collector here;
  in_process_executor(plugins()).run(trial_list{trial}, here);
  const trial_result apart = run_alone(trial);
  expect_same(apart, here.results.begin()->second);
  EXPECT_THAT(apart.blas.name, ::testing::StartsWith("OpenBLAS "));
  EXPECT_FALSE(apart.blas.kernel.empty());
  EXPECT_EQ(apart.blas, here.results.begin()->second.blas);
}

TEST(workers, interrupt_trials_whose_plugin_has_changed_since_it_was_looked_at) {
  const testing::plugin_folder folder;
  const std::filesystem::path file = folder.add("hostile");
  registry loaded;
  loaded.load(std::filesystem::path(RAVINE_TEST_PLUGIN_DIR) / "rosenbrock.so");
  loaded.load(file);
  std::filesystem::remove(file);
  folder.add("c_sign", "hostile");
  const planned_trial trial = faulty("none");
  collector seen;
  worker_executor(loaded).run(std::vector{trial}, seen);
  const trial_result result = seen.results.at(trial.hash);
  EXPECT_EQ(result.status, trial_status::interrupted) << "nothing that the optimizer did";
  EXPECT_THAT(result.reason, HasSubstr("hostile.so has changed since it was looked at"));
}

/// How many trials had begun when the first one's result was told.
class counting : public collector {
 public:
  void trial_began(const planned_trial&) override { ++began_; }
  void trial_ended(const planned_trial& trial, const trial_result& result) override {
    if (results.empty()) began_at_first_result = began_;
    collector::trial_ended(trial, result);
  }

  std::size_t began_at_first_result = 0;

 private:
  std::size_t began_ = 0;
};

std::size_t trials_begun_at_the_first_result(std::size_t jobs) {
  std::vector<planned_trial> trials;
  for (const double lr : {0.1, 0.2, 0.3, 0.4}) trials.push_back(trial_with("adam", {{"lr", lr}}));
  counting listener;
  worker_executor(plugins(), jobs).run(trials, listener);
  EXPECT_EQ(listener.results.size(), trials.size());
  return listener.began_at_first_result;
}

TEST(workers, begin_the_next_trial_while_the_last_one_is_saved) {
  EXPECT_GT(trials_begun_at_the_first_result(2), 2U);
  EXPECT_EQ(trials_begun_at_the_first_result(1), 1U) << "a single worker has the machine to itself";
}

class stopping : public collector {
 public:
  explicit stopping(command answer) : answer_(answer) {}
  void trial_began(const planned_trial&) override { began = true; }
  command next() override { return began ? answer_ : command::go_on; }

  bool began = false;

 private:
  command answer_;
};

TEST(workers, stop_at_once_when_asked) {
  planned_trial trial = faulty("loop");
  stopping listener(run_listener::command::stop_now);
  worker_executor(plugins(), 1).run(std::vector{trial, trial_with("adam", {})}, listener);
  ASSERT_EQ(listener.results.size(), 1U);
  EXPECT_EQ(listener.results.begin()->second.status, trial_status::interrupted);
}

TEST(workers, finish_what_they_began_when_asked) {
  stopping listener(run_listener::command::finish_trials);
  worker_executor(plugins(), 2)
      .run(std::vector{trial_with("adam", {{"lr", 0.1}}), trial_with("adam", {{"lr", 0.2}}),
                       trial_with("adam", {{"lr", 0.3}})},
           listener);
  EXPECT_EQ(listener.results.size(), 2U);
  for (const auto& [hash, result] : listener.results) EXPECT_EQ(result.status, trial_status::completed);
}

}  // namespace
}  // namespace ravine
