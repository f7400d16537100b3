#include "program.hpp"
#include "results.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

// The default of --jobs, and the warning above it, go by the cores that the system grants.
namespace {

using namespace ravine::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// Holds this process, and what it starts, to one of its cores.
class one_core {
 public:
  one_core() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int core = 0; core < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++core) {
      if (CPU_ISSET(core, &before_)) CPU_SET(core, &one);
    }
    sched_setaffinity(0, sizeof one, &one);
  }
  ~one_core() { sched_setaffinity(0, sizeof before_, &before_); }
  one_core(const one_core&) = delete;
  one_core& operator=(const one_core&) = delete;

 private:
  cpu_set_t before_{};
};

constexpr auto manifest =
    "name: few\nrepetitions: 2\nproblems: [{use: sphere, train: {steps: 10}}]\noptimizers: [{use: sgd}]\n";

struct cores : ::testing::Test {
  void SetUp() override { folder.write("few.yaml", manifest); }

  outcome run(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> command{"run", "few.yaml"};
    command.insert(command.end(), options.begin(), options.end());
    outcome ended = run_ravine(folder, command);
    EXPECT_EQ(ended.status, 0) << ended.err;
    return ended;
  }

  one_core mask;
  work_folder folder;
};

TEST_F(cores, that_are_granted_get_one_job_each) {
  EXPECT_THAT(run().err, Not(HasSubstr("warning")));
  EXPECT_THAT(rows_of(folder / "few.db", "SELECT DISTINCT jobs, cores FROM results"), ElementsAre("1|1"));
}

TEST_F(cores, with_more_jobs_than_there_are_make_times_too_long) {
  EXPECT_THAT(run({"--jobs", "2"}).err,
              HasSubstr("few: warning: 2 jobs of 1 thread on 1 core: measured times will be too long\n"));
}

TEST_F(cores, with_more_threads_than_there_are_make_times_too_long) {
  EXPECT_THAT(run({"--set", "threads_per_trial=2"}).err,
              HasSubstr("few: warning: 1 job of 2 threads on 1 core: measured times will be too long\n"));
}

}  // namespace
