#include "program.hpp"
#include "results.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

// An experiment on the three nodes that slurm_here has started ends as it does on one machine, whatever
// happens on the way.
namespace {

using namespace ravine::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using texts = std::vector<std::string>;

/// 3 optimizers on 2 problems, tuned in two rungs, with finalists.
constexpr auto tuned = R"(name: tuned
repetitions: 3
problems:
  - {use: rosenbrock, noise: 0.1}
  - {use: rastrigin, instance: {shift: true}}
train: {steps: 300}
tuning: {method: sobol, trials: 8, repetitions: 2, finalists: 2, stop_early: {rungs: 2, factor: 2}}
optimizers:
  - {use: momentum, with: {lr: {log_uniform: [1e-5, 1e-2]}}}
  - {use: adam, with: {lr: {log_uniform: [1e-4, 1e-1]}}}
  - {use: rmsprop, with: {lr: {log_uniform: [1e-4, 1e-1]}}}
)";

/// Trials that take about a tenth of a second, and keep checkpoints.
constexpr auto slow = R"(name: slow
repetitions: 24
problems: [{use: rosenbrock, with: {n: 2000}, noise: 0.1}]
train: {steps: 10000}
evaluate: {every: {steps: 5000}}
checkpoint: {every: {steps: 1000}}
optimizers: [{use: adam, with: {lr: 0.001}}]
)";

std::map<std::string, std::string> environment() {
  return {{"SLURM_CONF", std::getenv("SLURM_CONF")}, {"PATH", std::getenv("PATH")}};
}

std::string output_of(const std::string& command) {
  FILE* const pipe = popen(command.c_str(), "r");
  std::string text;
  for (int each = fgetc(pipe); each != EOF; each = fgetc(pipe)) text += static_cast<char>(each);
  pclose(pipe);
  return text;
}

/// Waits at most a minute.
template <class Condition>
bool eventually(Condition holds) {
  const auto patience = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < patience) {
    if (holds()) return true;
    std::this_thread::sleep_for(20ms);
  }
  return false;
}

std::vector<fs::path> files_in(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& each : fs::directory_iterator(folder, none)) {
    if (each.path().string().ends_with(ending)) found.push_back(each.path());
  }
  return found;
}

/// The processes of tasks on a node of ours, as their environment says.
std::vector<pid_t> tasks_on(const std::string& node) {
  const std::string where = std::string("SLURM_CONF=") + std::getenv("SLURM_CONF") + '\0';
  std::vector<pid_t> found;
  for (const auto& each : fs::directory_iterator("/proc")) {
    const std::string name = each.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string variables = text_of(each.path() / "environ");
    if (variables.find(where) == std::string::npos) continue;
    if (variables.find("SLURMD_NODENAME=" + node + '\0') != std::string::npos)
      found.push_back(std::stoi(name));
  }
  return found;
}

pid_t parent_of(pid_t process) {
  const std::string stat = text_of(fmt::format("/proc/{}/stat", process));
  const std::size_t name_end = stat.rfind(')');
  return name_end == std::string::npos ? -1 : std::stoi(stat.substr(name_end + 4));
}

class slurm_test : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(std::getenv("SLURM_CONF"), nullptr) << "run it by tests/cluster/slurm_here";
    conf_ = std::getenv("SLURM_CONF");
  }
  void TearDown() override {
    output_of("scancel --user=root 2>&1");
    EXPECT_TRUE(eventually([] { return output_of("squeue --noheader").empty(); }));
  }

  void expect_like_local(const std::string& manifest, const std::string& results, const texts& more = {}) {
    texts words{"run", manifest, "--out", "local.db"};
    words.insert(words.end(), more.begin(), more.end());
    ASSERT_EQ(run_ravine(folder_, words).status, 0);
    EXPECT_EQ(computed_in(folder_ / results), computed_in(folder_ / "local.db"));
    const std::string planned =
        "SELECT e.name, position, hash, problem, optimizer, point, repetition, role, shares, easier_targets "
        "FROM planned p JOIN experiments e ON e.id = p.experiment_id ORDER BY 1, 2";
    EXPECT_EQ(rows_of(folder_ / results, planned), rows_of(folder_ / "local.db", planned));
    EXPECT_FALSE(fs::exists((folder_ / results).replace_extension(".parts"))) << "nothing is left behind";
  }
  void copy_plugin(const std::string& name) {
    for (const auto& each : fs::recursive_directory_iterator(RAVINE_PLUGINS)) {
      if (each.path().filename() == name + ".so") fs::copy(each.path(), folder_ / "plugins" / (name + ".so"));
    }
  }
  /// As when its machine loses power: step daemons, which are the parents of tasks, go first.
  void stop_node(const std::string& node) {
    const std::vector<pid_t> tasks = tasks_on(node);
    kill(std::stoi(text_of(beside_conf(node + ".pid"))), SIGKILL);
    for (const pid_t each : tasks) {
      const pid_t parent = parent_of(each);
      if (text_of(fmt::format("/proc/{}/comm", parent)).starts_with("slurmstepd")) kill(parent, SIGKILL);
    }
    for (const pid_t each : tasks) kill(each, SIGKILL);
  }
  void start_node(const std::string& node) {
    output_of(fmt::format("slurmd -D -N {0} -f {1} >/dev/null 2>&1 & echo $! > {2}", node, conf_.string(),
                          beside_conf(node + ".pid").string()));
    // Slurm may hold it for down, or its last job for completing, for as long as a minute on a busy machine.
    const auto is_idle = [&] {
      output_of(fmt::format("scontrol update NodeName={} State=RESUME 2>&1", node));
      return output_of("sinfo --noheader --Node --format=%T | sort -u") == "idle\n";
    };
    EXPECT_TRUE(eventually(is_idle) || eventually(is_idle) || eventually(is_idle))
        << output_of("sinfo --Node --long; squeue");
  }
  fs::path beside_conf(const std::string& name) const { return conf_.parent_path() / name; }
  static texts on_slurm(const std::string& manifest) { return {"run", manifest, "--on", "slurm"}; }

  work_folder folder_;
  fs::path conf_;
};

TEST_F(slurm_test, a_tuned_experiment_with_halving_ends_as_on_one_machine) {
  folder_.write("tuned.yaml", tuned);
  const outcome done = run_ravine(folder_, on_slurm("tuned.yaml"), environment());
  ASSERT_EQ(done.status, 0) << done.err;
  expect_like_local("tuned.yaml", "tuned.db");
  EXPECT_EQ(rows_of(folder_ / "tuned.db", "SELECT DISTINCT node FROM provenances ORDER BY 1"),
            (texts{"n1", "n2", "n3"}));
}

TEST_F(slurm_test, a_command_that_was_killed_goes_on_and_submits_nothing_twice) {
  folder_.write("slow.yaml", slow);
  {
    program first(folder_, on_slurm("slow.yaml"), environment());
    ASSERT_TRUE(first.says("[")) << first.err();
    first.send(SIGKILL);
    first.finish();
  }
  const outcome done = run_ravine(folder_, on_slurm("slow.yaml"), environment());
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_NE(done.err.find("of an earlier command"), std::string::npos) << done.err;
  EXPECT_EQ(done.err.find("submitted"), std::string::npos) << done.err;
  expect_like_local("slow.yaml", "slow.db");
}

TEST_F(slurm_test, tasks_that_are_killed_cancelled_or_lost_with_their_node_cost_nothing_but_time) {
  folder_.write("slow.yaml", slow);
  texts words = on_slurm("slow.yaml");
  const texts longer{"--set", "train.steps=40000", "--set", "repetitions=12"};
  words.insert(words.end(), longer.begin(), longer.end());
  program running(folder_, words, environment());
  ASSERT_TRUE(eventually([] { return !tasks_on("n1").empty() && !tasks_on("n3").empty(); }));
  for (const pid_t each : tasks_on("n1")) kill(each, SIGKILL);
  EXPECT_TRUE(running.says("FAILED")) << running.err();
  const std::string cancelled =
      output_of("squeue --noheader --array --states=RUNNING --format=%i | tail -n 1");
  EXPECT_EQ(output_of("scancel " + cancelled), "");
  EXPECT_TRUE(running.says("CANCELLED") || running.finish_within(1s)) << running.err();
  stop_node("n3");
  const outcome done = running.finish();
  start_node("n3");
  ASSERT_EQ(done.status, 0) << done.err;
  expect_like_local("slow.yaml", "slow.db", longer);
}

TEST_F(slurm_test, torn_and_foreign_part_files_are_set_aside_and_run_again) {
  folder_.write("slow.yaml", slow);
  {
    program first(folder_, on_slurm("slow.yaml"), environment());
    ASSERT_TRUE(first.says("[")) << first.err();
    first.send(SIGKILL);
    first.finish();
  }
  ASSERT_TRUE(eventually([] { return output_of("squeue --noheader").empty(); }));
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

TEST_F(slurm_test, ctrl_c_leaves_the_jobs_and_twice_cancels_them) {
  folder_.write("slow.yaml", slow);
  {
    program first(folder_, on_slurm("slow.yaml"), environment());
    ASSERT_TRUE(first.says("[")) << first.err();
    first.send(SIGINT);
    const outcome done = first.finish();
    EXPECT_EQ(done.status, 130);
    EXPECT_NE(done.err.find("goes on: the same command takes in what they do; to end them: scancel "),
              std::string::npos)
        << done.err;
  }
  program second(folder_, on_slurm("slow.yaml"), environment());
  ASSERT_TRUE(second.says("earlier command")) << second.err();
  second.send(SIGINT);
  ASSERT_TRUE(second.says("once more")) << second.err();
  second.send(SIGINT);
  EXPECT_EQ(second.finish().status, 130);
  EXPECT_TRUE(eventually([] { return output_of("squeue --noheader").empty(); }));
  ASSERT_EQ(run_ravine(folder_, on_slurm("slow.yaml"), environment()).status, 0);
  expect_like_local("slow.yaml", "slow.db");
}

TEST_F(slurm_test, a_machine_with_another_plugin_runs_nothing_and_says_so) {
  fs::create_directory(folder_ / "plugins");
  for (const char* name : {"adam", "rosenbrock"}) copy_plugin(name);
  folder_.write("slow.yaml", slow);
  output_of("scontrol update partitionname=all state=DOWN");
  program running(folder_, on_slurm("slow.yaml"), environment());
  ASSERT_TRUE(running.says("waiting")) << running.err();
  std::ofstream(folder_ / "plugins" / "adam.so", std::ios::app | std::ios::binary) << "another";
  output_of("scontrol update partitionname=all state=UP");
  const outcome done = running.finish();
  EXPECT_EQ(done.status, 1);
  EXPECT_NE(done.err.find("runs nothing: the optimizer adam comes from another file than the command's"),
            std::string::npos)
      << done.err;
  EXPECT_EQ(number_of(folder_ / "slow.db", "SELECT count(*) FROM trials"), 0);
}

TEST_F(slurm_test, one_kind_of_processor_is_kept_to_where_that_is_asked_for) {
  folder_.write("slow.yaml", slow);
  texts words = on_slurm("slow.yaml");
  words.insert(words.end(), {"--require", "same-processor", "--set", "repetitions=4"});
  folder_.write("slow.parts/processor", "another kind");
  const outcome refused = run_ravine(folder_, words, environment());
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("--require same-processor keeps to another kind"), std::string::npos)
      << refused.err;
  EXPECT_TRUE(eventually([] { return output_of("squeue --noheader").empty(); }))
      << "no task writes there any more";
  fs::remove_all(folder_ / "slow.parts");
  const outcome done = run_ravine(folder_, words, environment());
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_FALSE(fs::exists(folder_ / "slow.parts"));
}

TEST_F(slurm_test, a_trial_that_is_lost_again_and_again_is_given_up_until_the_next_command) {
  folder_.write("slow.yaml", slow);
  texts words = on_slurm("slow.yaml");
  words.insert(words.end(), {"--set", "repetitions=1", "--set", "train.steps=100000000"});
  program running(folder_, words, environment());
  std::optional<outcome> done;
  for (int i = 0; i < 600 && !done; ++i) {
    for (const char* node : {"n1", "n2", "n3"}) {
      for (const pid_t each : tasks_on(node)) kill(each, SIGKILL);
    }
    done = running.finish_within(1s);
  }
  ASSERT_TRUE(done) << running.err();
  EXPECT_EQ(done->status, 1);
  EXPECT_EQ(rows_of(folder_ / "slow.db", "SELECT status FROM trials"), texts{"lost"}) << done->err;
  EXPECT_NE(rows_of(folder_ / "slow.db", "SELECT reason FROM trials").at(0).find("3 times"),
            std::string::npos);
}

}  // namespace
