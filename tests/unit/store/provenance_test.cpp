#include "store/provenance.hpp"

#include "unit/store/store_support.hpp"

#include <cstdlib>
#include <string>

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Where and with what trials were run.
namespace ravine {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct store_provenance : results_file_test {};

TEST_F(store_provenance, keeps_where_and_with_what_trials_were_run_once_each) {
  const provenance whole{"cpu", "build",  4,     8,       "node 7", "slurm 4711",
                         "sha", "commit", "-O2", "glibc", "other",  "not this one"};
  trial_result result = full_result();
  result.blas = {"OpenBLAS 0.3.21", "Haswell"};
  store results = store::open(file);
  results.begin(plan_of({trial_named("adam", 0), trial_named("adam", 1), trial_named("adam", 2)}));
  results.save(trial_named("adam", 0), result, whole);
  results.save(trial_named("adam", 1), result, whole);
  result.blas = {};
  results.save(trial_named("adam", 2), result, origin);
  const auto all = results.trials();
  ASSERT_EQ(all.size(), 3U);
  provenance expected = whole;
  expected.blas = "OpenBLAS 0.3.21";  // the trial's own
  expected.blas_kernel = "Haswell";
  EXPECT_EQ(all[0].origin, expected);
  EXPECT_EQ(all[1].origin, expected);
  EXPECT_EQ(all[2].origin, origin);
  EXPECT_EQ(SQLite::Database(file.string()).execAndGet("SELECT count(*) FROM provenances").getInt(), 2);
}

TEST(provenance, tells_what_bits_depend_on) {
  const provenance here = current_provenance(3);
  EXPECT_EQ(here.jobs, 3U);
  EXPECT_EQ(here.build_sha256.size(), 64U);
  EXPECT_THAT(here.libm, StartsWith("glibc 2."));
  EXPECT_THAT(here.flags, HasSubstr("-ffp-contract=off"));
  EXPECT_THAT(here.machine, Not(HasSubstr("Linux"))) << "the kernel changes no bit";
  provenance other = here;
  other.jobs = 1;
  other.cores = 64;
  other.node = "another";
  other.job = "slurm 1";
  other.revision = "another";
  EXPECT_TRUE(same_bits(here, other));
  for (std::string provenance::*each : {&provenance::machine, &provenance::build, &provenance::build_sha256,
                                        &provenance::flags, &provenance::libm}) {
    other = here;
    other.*each = "another";
    EXPECT_FALSE(same_bits(here, other));
  }
}

TEST(provenance, names_the_job_of_a_batch_system) {
  setenv("SLURM_JOB_ID", "4711", 1);
  EXPECT_EQ(current_provenance(1).job, "slurm 4711");
  unsetenv("SLURM_JOB_ID");
  setenv("PBS_JOBID", "12.server", 1);
  EXPECT_EQ(current_provenance(1).job, "pbs 12.server");
  unsetenv("PBS_JOBID");
  EXPECT_EQ(current_provenance(1).job, "");
}

}  // namespace
}  // namespace ravine
