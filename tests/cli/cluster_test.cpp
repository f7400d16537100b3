#include "program.hpp"
#include "results.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

// The example of docs/cluster.md, run as a reader would.
namespace {

using namespace ravine::testing;

/// The indented blocks of a section.
std::vector<std::string> blocks_of(const std::string& section) {
  std::ifstream page(RAVINE_TEST_SOURCE_DIR "/../docs/cluster.md");
  std::vector<std::string> blocks;
  bool is_inside = false, is_open = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) is_inside = line == "## " + section;
    const bool is_code = is_inside && line.starts_with("    ");
    if (is_code && !is_open) blocks.emplace_back();
    if (is_code) blocks.back() += line.substr(4) + "\n";
    is_open = is_code;
  }
  return blocks;
}

int run_in_shell(const work_folder& folder, const std::string& command) {
  return std::system(fmt::format("cd '{}' && ( {} ) >log 2>&1", folder.path().string(), command).c_str());
}

TEST(cluster, the_example_for_gnu_parallel_gives_what_one_run_gives) {
  const work_folder folder;
  if (run_in_shell(folder, "parallel --version | grep -q 'GNU parallel'") != 0) {
    GTEST_SKIP() << "GNU parallel is not installed (Debian's package parallel)";
  }
  const std::vector<std::string> blocks = blocks_of("GNU parallel");
  ASSERT_GE(blocks.size(), 2U);
  folder.write("sweep.yaml", blocks[0]);
  folder.write("example.sh", blocks[1]);
  ASSERT_EQ(run_ravine(folder, {"run", "sweep.yaml", "--out", "local.db"}).status, 0);
  const std::string programs = std::filesystem::path(RAVINE_PROGRAM).parent_path().string();
  EXPECT_EQ(run_in_shell(folder, fmt::format("PATH='{}':$PATH HOME=$PWD sh -eu example.sh", programs)), 0)
      << text_of(folder / "log");
  EXPECT_EQ(computed_in(folder / "sweep.db"), computed_in(folder / "local.db"));
  EXPECT_EQ(number_of(folder / "sweep.db", "SELECT count(*) FROM results"), 120);
  EXPECT_NE(text_of(folder / "log").find("rastrigin"), std::string::npos) << "the comparison";
}

TEST(cluster, without_slurm_the_missing_program_is_named_with_what_to_do) {
  const work_folder folder;
  folder.write("sweep.yaml",
               "name: sweep\nproblems: [{use: rosenbrock}]\ntrain: {steps: 9}\noptimizers: [{use: adam}]\n");
  const outcome done = run_ravine(folder, {"run", "sweep.yaml", "--on", "slurm"}, {{"PATH", folder.path()}});
  EXPECT_EQ(done.status, 1);
  EXPECT_NE(done.err.find("sinfo can't be started"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("slurm-client"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("--part"), std::string::npos) << done.err;
}

TEST(cluster, options_that_make_no_sense_together_are_refused) {
  const work_folder folder;
  folder.write("sweep.yaml",
               "name: sweep\nproblems: [{use: rosenbrock}]\ntrain: {steps: 9}\noptimizers: [{use: adam}]\n");
  const auto fault_of = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", "sweep.yaml"});
    const outcome done = run_ravine(folder, more);
    EXPECT_EQ(done.status, 2);
    return done.err;
  };
  EXPECT_NE(fault_of({"--on", "pbs"}).find("found pbs, expected slurm"), std::string::npos);
  EXPECT_NE(fault_of({"--on", "slurm", "--part", "1/2"}).find("exclude each other"), std::string::npos);
  EXPECT_NE(fault_of({"--slurm", "time=1:00"}).find("--slurm goes with --on slurm"), std::string::npos);
  EXPECT_NE(fault_of({"--shared", "."}).find("--shared goes with --on slurm"), std::string::npos);
  EXPECT_NE(fault_of({"--on", "slurm", "--require", "luck"}).find("same-processor"), std::string::npos);
  EXPECT_NE(fault_of({"--on", "slurm", "--slurm", "array=1-9"}).find("given by ravine itself"),
            std::string::npos);
}

TEST(cluster, a_task_says_what_it_is_for) {
  const work_folder folder;
  const outcome done = run_ravine(folder, {"task", "0001.trials"});
  EXPECT_EQ(done.status, 2);
  EXPECT_NE(done.err.find("SLURM_ARRAY_TASK_ID is not set"), std::string::npos) << done.err;
}

}  // namespace
