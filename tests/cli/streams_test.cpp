#include "program.hpp"
#include "results.hpp"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

// Standard streams that are full, closed, or read by nobody, and files that may not grow.
namespace {

using namespace ravine::testing;
using ::testing::HasSubstr;

constexpr auto three = R"(name: three
repetitions: 3
problems: [{use: rosenbrock}]
train: {steps: 100}
optimizers: [{use: sgd, with: {lr: 1e-5}}]
)";

class streams : public ::testing::Test {
 protected:
  streams() { folder_.write("three.yaml", three); }

  /// What a shell in the folder answers; $R is the program.
  int shell(const std::string& command) const {
    const std::string home = folder_.path().string();
    const int status =
        std::system(("cd " + home + " && unset XDG_DATA_HOME RAVINE_PLUGIN_PATH; HOME=" + home +
                     " R=" + RAVINE_PROGRAM + "; export HOME; " + command)
                        .c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  long long finished() const {
    return number_of(folder_ / "three.db", "SELECT count(*) FROM trials WHERE status = 'completed'");
  }

  work_folder folder_;
};

TEST_F(streams, a_run_needs_nobody_who_reads) {
  for (const char* to : {"2> /dev/full", "2>&-", "<&- >&- 2>&-", "2>&1 | true", "2>&1 | head -c 1"}) {
    std::filesystem::remove(folder_ / "three.db");
    EXPECT_EQ(shell(std::string("$R run three.yaml ") + to), 0) << to;
    EXPECT_EQ(finished(), 3) << to;
    EXPECT_THAT(rows_of(folder_ / "three.db", "PRAGMA integrity_check"), ::testing::ElementsAre("ok")) << to;
  }
}

TEST_F(streams, a_result_that_can_not_be_written_is_an_error) {
  ASSERT_EQ(shell("$R run three.yaml 2> /dev/null"), 0);
  for (const char* command :
       {"compare three.db", "compare three.db --format json", "trace sgd --on sphere --steps 100000",
        "plugins list", "schema", "run --dry-run three.yaml"}) {
    EXPECT_EQ(shell(std::string("$R ") + command + " > /dev/full 2> err"), 1) << command;
    EXPECT_EQ(shell("grep -q \"^ravine: standard output can't be written to: No space left on device$\" err"),
              0)
        << command;
    EXPECT_EQ(shell(std::string("$R ") + command + " >&- 2> err"), 1) << command;
    EXPECT_EQ(shell("grep -q \"^ravine: standard output can't be written to: Bad file descriptor$\" err"), 0)
        << command;
    EXPECT_EQ(shell(std::string("$R ") + command + " > /dev/full 2>&1"), 1) << command;
  }
}

TEST_F(streams, a_reader_that_has_seen_enough_is_not_told_so) {
  EXPECT_EQ(shell("{ $R trace sgd --on sphere --steps 100000 2> err; echo $? > status; } | head -1 > first"),
            0);
  EXPECT_EQ(shell("test \"$(cat first)\" = step,evaluations,loss,x0,x1 && test ! -s err && test \"$(cat "
                  "status)\" = 1"),
            0);
}

TEST_F(streams, wrong_usage_keeps_its_status) { EXPECT_EQ(shell("$R nothing 2> /dev/full"), 2); }

TEST_F(streams, a_file_that_may_not_grow_is_an_error_and_loses_nothing) {
  EXPECT_EQ(shell("(ulimit -f 40; exec $R run three.yaml) 2> err"), 1);
  EXPECT_EQ(shell("grep -q '^ravine: three.db: .*ulimit -f.*run again' err"), 0);
  EXPECT_EQ(shell("$R run three.yaml 2> err"), 0);
  EXPECT_EQ(finished(), 3);
}

}  // namespace
