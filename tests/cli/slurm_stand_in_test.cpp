#include "program.hpp"
#include "results.hpp"

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What the command makes of what Slurm's commands say. Scripts of their names stand in for them;
// tests/cluster has the real ones.
namespace {

using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class slurm_stand_in : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("sweep.yaml",
                  "name: sweep\nrepetitions: 40\nproblems: [{use: rosenbrock}]\ntrain: {steps: 9}\n"
                  "optimizers: [{use: adam}]\n");
    says("sinfo", "0/100/0/100\n");
    says("squeue", "");
    says("scontrol", "MaxArraySize            = 1001\nMaxJobCount             = 10000\n");
    accept();
    says("scancel", "");
  }
  /// Its arguments are added to NAME.log.
  void says(const std::string& name, const std::string& text, int status = 0, const std::string& then = "") {
    folder_.write("said/" + name, text);
    const fs::path script =
        folder_.write("bin/" + name,
                      fmt::format("#!/bin/sh\ncd '{0}'\necho \"$@\" >>{1}.log\n{2}\ncat said/{1}\nexit {3}\n",
                                  folder_.path().string(), name, then, status));
    fs::permissions(script, fs::perms::owner_all);
  }
  /// sbatch accepts everything as job 7, whose tasks wait from then on.
  void accept() {
    std::string tasks;
    for (int i = 1; i <= 40; ++i) tasks += fmt::format("7|{}|PENDING||sweep|Resources\n", i);
    folder_.write("said/waiting", tasks);
    says("sbatch", "7\n", 0, "cat said/waiting >>said/squeue");
  }
  std::map<std::string, std::string> environment() const {
    return {{"PATH", (folder_ / "bin").string() + ":/usr/bin:/bin"}};
  }
  outcome run() { return run_ravine(folder_, {"run", "sweep.yaml", "--on", "slurm"}, environment()); }
  /// Until it has submitted a job, which goes on.
  void submit() {
    program running(folder_, {"run", "sweep.yaml", "--on", "slurm"}, environment());
    ASSERT_TRUE(running.says("waiting")) << running.err();
    running.send(SIGTERM);
    EXPECT_THAT(running.finish().err, HasSubstr("to end them: scancel 7"));
  }

  work_folder folder_;
};

/// As if another build had written it.
void change_build(const fs::path& trials) {
  std::string text = text_of(trials);
  std::size_t digits = 0;
  for (char& each : text) {
    digits = std::string("0123456789abcdef").find(each) == std::string::npos ? 0 : digits + 1;
    if (digits < 64) continue;
    each = each == '0' ? '1' : '0';
    break;
  }
  std::ofstream(trials, std::ios::binary) << text;
}

TEST_F(slurm_stand_in, an_array_keeps_to_what_the_user_may_submit_beside_what_is_in_the_queue) {
  says("scontrol",
       "MaxArraySize            = 1001\nMaxJobCount             = 10000\n    GrpSubmitJobs=N(3) "
       "GrpWall=N(0.00)\n"
       "    MaxJobs= MaxJobsAccrue= MaxSubmitJobs=9(3) MaxWallPJ=\n");
  says("squeue",
       "5|1|RUNNING|n1|other|None\n5|2|PENDING||other|Resources\n5|3|PENDING||other|Resources\n"
       "5|4|COMPLETED|n1|other|None\n");
  submit();
  EXPECT_THAT(text_of(folder_ / "sbatch.log"), HasSubstr("--array=1-6 "));
  EXPECT_THAT(text_of(folder_ / "scontrol.log"), HasSubstr("users="));
}

TEST_F(slurm_stand_in, a_job_of_another_build_that_can_not_be_cancelled_is_named_with_the_way_out) {
  submit();
  for (const auto& each : fs::directory_iterator(folder_ / "sweep.parts")) {
    if (each.path().extension() == ".trials") change_build(each.path());
  }
  says("squeue", "7|1|RUNNING|n1|sweep|None\n");
  says("scancel", "scancel: error: Kill job error on job id 7: Access/permission denied\n", 1);
  const outcome refused = run();
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("another build of ravine wrote it"), HasSubstr("job 7 still runs"),
                                 HasSubstr("Access/permission denied"), HasSubstr("squeue --jobs=7")));
  // Once it has ended, nobody asks Slurm to cancel a job that it knows no more.
  says("squeue", "");
  says("sbatch", "sbatch: error: no more\n", 1);
  const outcome again = run();
  EXPECT_THAT(again.err, AllOf(HasSubstr("nothing of it runs any more"), HasSubstr("sbatch: error: no more"),
                               Not(HasSubstr("denied"))));
  EXPECT_TRUE(fs::is_empty(folder_ / "sweep.parts"));
}

TEST_F(slurm_stand_in, parts_may_lie_in_another_folder_than_the_results) {
  fs::create_directories(folder_ / "shared");
  says("sbatch", "sbatch: error: no more\n", 1);
  const outcome refused =
      run_ravine(folder_, {"run", "sweep.yaml", "--on", "slurm", "--shared", "shared", "--out", "here.db"},
                 environment());
  EXPECT_THAT(refused.err, HasSubstr("sbatch says: sbatch: error: no more"));
  EXPECT_THAT(text_of(folder_ / "sbatch.log"), HasSubstr((folder_ / "shared" / "here.parts").string()));
  EXPECT_FALSE(fs::exists(folder_ / "here.parts"));
}

}  // namespace
