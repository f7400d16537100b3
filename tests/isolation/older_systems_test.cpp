#include "bystanders.hpp"
#include "results.hpp"

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Where the kernel lacks what confines plugins, experiments run all the same, and the user is told.
namespace {

using namespace ravine::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto small_sweep = R"(name: isolation
problems: [{use: rosenbrock, train: {steps: 100}}]
optimizers: [{use: sgd, with: {lr: 0.0001}}]
)";

/// Answers the system call with ENOSYS from now on, as a kernel does that has none of that number.
void take_away(long call) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog all{static_cast<unsigned short>(std::size(program)), program};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0);
}

/// Runs the manifest without that system call. Answers the exit status; `err` is a file for what it says.
int run_without(long call, const work_folder& folder, const std::string& err) {
  const pid_t child = fork();
  if (child == 0) {
    const int file = open(err.c_str(), O_WRONLY | O_CREAT, 0600);
    if (file < 0 || chdir(folder.path().c_str()) != 0) _exit(99);
    dup2(file, STDERR_FILENO);
    take_away(call);
    execl(RAVINE_PROGRAM, "ravine", "run", "manifest.yaml", "--out", "results.db", nullptr);
    _exit(98);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void expect_note(long call, const std::string& note) {
  const work_folder folder;
  folder.write("manifest.yaml", small_sweep);
  EXPECT_EQ(run_without(call, folder, folder / "err"), 0);
  std::ostringstream said;
  said << std::ifstream(folder / "err").rdbuf();
  const std::string text = said.str();
  EXPECT_THAT(text, HasSubstr(note));
  EXPECT_EQ(text.find("note: "), text.rfind("note: ")) << "it is said once";
  EXPECT_THAT(rows_of(folder / "results.db", "SELECT status FROM trials"), ElementsAre("completed"));
}

TEST(older_systems, run_experiments_without_landlock_and_say_so) {
  expect_note(SYS_landlock_create_ruleset,
              "note: This system has no Landlock: plugins can change every file that you can change.\n");
}

TEST(older_systems, run_experiments_without_filters_and_say_so) {
  expect_note(SYS_seccomp, "note: This system has no filter of system calls (seccomp)");
}

}  // namespace
