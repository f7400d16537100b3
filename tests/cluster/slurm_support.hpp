#pragma once

#include "program.hpp"
#include "results.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/types.h>

namespace ravine::testing {

using texts = std::vector<std::string>;

/// Trials that take about a tenth of a second, and keep checkpoints.
inline constexpr auto slow = R"(name: slow
repetitions: 12
problems: [{use: rosenbrock, with: {n: 2000}, noise: 0.1}]
train: {steps: 10000}
evaluate: {every: {steps: 5000}}
checkpoint: {every: {steps: 1000}}
optimizers: [{use: adam, with: {lr: 0.001}}]
)";

/// Trials that take about half a second.
inline texts longer() { return {"--set", "train.steps=40000"}; }

std::string output_of(const std::string& command);

/// Waits at most a minute.
template <class Condition>
bool eventually(Condition holds) {
  using namespace std::chrono_literals;
  const auto patience = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < patience) {
    if (holds()) return true;
    std::this_thread::sleep_for(20ms);
  }
  return false;
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, const std::string& ending);

/// The processes of tasks on a node, as their environment says.
std::vector<pid_t> tasks_on(const std::string& node);

/// An experiment on three nodes that slurm_here has started for this shard of the tests.
class slurm_test : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// What `ravine run` is told, with further options of sbatch.
  texts on_slurm(const std::string& manifest, const texts& more = {}, const std::string& sbatch = "") const;
  std::map<std::string, std::string> environment() const;
  /// Until the results of a part have been taken; then it is killed.
  void begin_and_kill(const std::string& manifest) const;
  bool is_queue_empty() const;
  /// Up to where the trials have come whose checkpoints lie on the disk of their node: seconds of training.
  double seconds_on_nodes() const;
  /// What squeue prints of each task that runs here.
  texts running(const std::string& format) const;
  /// Takes jobs, or none.
  void set_partition(const std::string& state) const;
  /// The results are those of one machine, and nothing else is left.
  void expect_like_local(const std::string& manifest, const std::string& results,
                         const texts& more = {}) const;

  /// As when its machine loses power: step daemons, which are the parents of tasks, go first.
  void stop_node(const std::string& node) const;
  void start_node(const std::string& node) const;
  const std::filesystem::path& conf() const { return conf_; }

  work_folder folder_;
  std::string partition_;
  texts nodes_;

 private:
  std::filesystem::path beside_conf(const std::string& name) const { return conf_.parent_path() / name; }

  std::filesystem::path conf_;
};

}  // namespace ravine::testing
