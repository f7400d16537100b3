#include "slurm_support.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <system_error>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

namespace ravine::testing {
namespace {

namespace fs = std::filesystem;

pid_t parent_of(pid_t process) {
  const std::string stat = text_of(fmt::format("/proc/{}/stat", process));
  const std::size_t name_end = stat.rfind(')');
  return name_end == std::string::npos ? -1 : std::stoi(stat.substr(name_end + 4));
}

}  // namespace

std::string output_of(const std::string& command) {
  FILE* const pipe = popen(command.c_str(), "r");
  std::string text;
  for (int each = fgetc(pipe); each != EOF; each = fgetc(pipe)) text += static_cast<char>(each);
  pclose(pipe);
  return text;
}

std::vector<fs::path> files_in(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& each : fs::directory_iterator(folder, none)) {
    if (each.path().string().ends_with(ending)) found.push_back(each.path());
  }
  return found;
}

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

void slurm_test::SetUp() {
  ASSERT_NE(std::getenv("SLURM_CONF"), nullptr) << "run it by tests/cluster/slurm_here";
  conf_ = std::getenv("SLURM_CONF");
  const char* const shard = std::getenv("GTEST_SHARD_INDEX");
  const int index = shard == nullptr ? 0 : std::stoi(shard);
  partition_ = fmt::format("p{}", index);
  for (int i = 1; i <= 3; ++i) nodes_.push_back(fmt::format("n{}", 3 * index + i));
  fs::create_directory(folder_ / "disk_of_nodes");
}

void slurm_test::TearDown() {
  output_of(fmt::format("scancel --partition={} 2>&1", partition_));
  EXPECT_TRUE(eventually([&] { return is_queue_empty(); }));
}

texts slurm_test::on_slurm(const std::string& manifest, const texts& more, const std::string& sbatch) const {
  texts words{"run",   manifest,  "--on",
              "slurm", "--slurm", fmt::format("partition={} {}", partition_, sbatch)};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::map<std::string, std::string> slurm_test::environment() const {
  return {{"SLURM_CONF", conf_}, {"PATH", std::getenv("PATH")}, {"TMPDIR", folder_ / "disk_of_nodes"}};
}

void slurm_test::begin_and_kill(const std::string& manifest) const {
  program first(folder_, on_slurm(manifest), environment());
  ASSERT_TRUE(first.says("[")) << first.err();
  first.send(SIGKILL);
  first.finish();
}

bool slurm_test::is_queue_empty() const {
  return output_of(fmt::format("squeue --noheader --partition={}", partition_)).empty();
}

double slurm_test::seconds_on_nodes() const {
  double most = 0;
  for (const fs::path& task : files_in(folder_ / "disk_of_nodes", "")) {
    try {
      const texts seconds = rows_of(task / "part.db", "SELECT coalesce(max(seconds), 0) FROM checkpoints");
      most = std::max(most, std::stod(seconds.at(0)));
    } catch (const SQLite::Exception&) {
      continue;  // it is made, or taken away, right now
    }
  }
  return most;
}

texts slurm_test::running(const std::string& format) const {
  std::istringstream lines(output_of(fmt::format(
      "squeue --noheader --array --states=RUNNING --partition={} --format={}", partition_, format)));
  texts all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  return all;
}

void slurm_test::set_partition(const std::string& state) const {
  output_of(fmt::format("scontrol update partitionname={} state={}", partition_, state));
}

void slurm_test::expect_like_local(const std::string& manifest, const std::string& results,
                                   const texts& more) const {
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

void slurm_test::stop_node(const std::string& node) const {
  const std::vector<pid_t> tasks = tasks_on(node);
  kill(std::stoi(text_of(beside_conf(node + ".pid"))), SIGKILL);
  for (const pid_t each : tasks) {
    const pid_t parent = parent_of(each);
    if (text_of(fmt::format("/proc/{}/comm", parent)).starts_with("slurmstepd")) kill(parent, SIGKILL);
  }
  for (const pid_t each : tasks) kill(each, SIGKILL);
}

void slurm_test::start_node(const std::string& node) const {
  output_of(fmt::format("slurmd -D -N {0} -f {1} >/dev/null 2>&1 & echo $! > {2}", node, conf_.string(),
                        beside_conf(node + ".pid").string()));
  // Slurm may hold it for down, or its last job for completing, for as long as a minute on a busy machine.
  const auto is_idle = [&] {
    output_of(fmt::format("scontrol update NodeName={} State=RESUME 2>&1", node));
    return output_of(fmt::format("sinfo --noheader --Node --partition={} --format=%T | sort -u",
                                 partition_)) == "idle\n";
  };
  EXPECT_TRUE(eventually(is_idle) || eventually(is_idle) || eventually(is_idle))
      << output_of("sinfo --Node --long; squeue");
}

}  // namespace ravine::testing
