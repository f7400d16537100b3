#include "cluster/slurm.hpp"
#include "core/error.hpp"

#include <gtest/gtest.h>

// What Slurm's commands print: texts of Slurm 22.05, as squeue(1) and scontrol(1) describe them.
namespace ravine {
namespace {

TEST(slurm_text, a_limit_is_the_smallest_that_is_told) {
  EXPECT_EQ(slurm_limit("MaxArraySize            = 1001\nMaxJobCount             = 10000\n", "MaxArraySize"),
            1001U);
  EXPECT_EQ(slurm_limit("MaxJobs= MaxSubmitJobs=\n  MaxJobs=4(0) MaxSubmitJobs=200(7)\n  MaxSubmitJobs=50(7)",
                        "MaxSubmitJobs"),
            50U);
  EXPECT_EQ(slurm_limit("MaxSubmitJobsPU=N GrpMaxSubmitJobs=3", "MaxSubmitJobs"), std::nullopt);
  EXPECT_EQ(slurm_limit("", "MaxArraySize"), std::nullopt);
}

TEST(slurm_text, tasks_are_known_by_job_and_number) {
  const task_states states = task_states_from(
      "7|1|RUNNING|n1|ravine-sweep-0001-5f3a9c21|None\n7|2|PENDING||ravine-sweep-0001-5f3a9c21|Resources\n"
      "7|3|NODE_FAIL|n3|ravine-sweep-0001-5f3a9c21|NodeDown\n9|N/A|RUNNING|n2|someone|None\n"
      "7|4|PENDING||ravine-sweep-0001-5f3a9c21|launch failed requeued held\nslurm_load_jobs error: timed "
      "out\n");
  ASSERT_EQ(states.size(), 4U);
  EXPECT_EQ(states.at({"7", 1}).node, "n1");
  EXPECT_FALSE(states.at({"7", 1}).has_ended());
  EXPECT_FALSE(states.at({"7", 2}).has_ended() || states.at({"7", 2}).is_held());
  EXPECT_EQ(states.at({"7", 2}).reason, "Resources");
  EXPECT_TRUE(states.at({"7", 3}).has_ended());
  EXPECT_TRUE(states.at({"7", 4}).is_held());
}

TEST(slurm_text, options_of_ours_are_refused) {
  EXPECT_THROW(slurm({"partition=cpu", "array=1-9"}), error);
  EXPECT_THROW(slurm({"--wrap=sleep 1"}), error);
  EXPECT_EQ(slurm({"partition=cpu", "cpus-per-task=2", "cpus-per-task=4"}).cores_of_task(), 4U);
  EXPECT_EQ(slurm(std::vector<std::string>()).cores_of_task(), 1U);
}

}  // namespace
}  // namespace ravine
