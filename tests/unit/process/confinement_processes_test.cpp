#include "core/error.hpp"
#include "process/child_process.hpp"
#include "process/confinement.hpp"
#include "process/descriptor.hpp"
#include "process/syscall_filter.hpp"
#include "unit/process/confinement_support.hpp"

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// What confined processes can't do to others, nor start.
namespace ravine {
namespace {

using namespace testing;
namespace fs = std::filesystem;

std::vector<attempt> on_process(pid_t id, int handle) {
  static std::uint64_t word = 0;
  static iovec place{&word, sizeof word};
  return {
      {"ptrace", [=] { return ptrace(PTRACE_ATTACH, id, nullptr, nullptr); }},
      {"read memory", [=] { return process_vm_readv(id, &place, 1, &place, 1, 0); }},
      {"write memory", [=] { return process_vm_writev(id, &place, 1, &place, 1, 0); }},
      {"tkill", [=] { return syscall(SYS_tkill, id, SIGSTOP); }},
      {"sigqueue", [=] { return sigqueue(id, SIGSTOP, {}); }},
      {"signal through a descriptor",
       [=] { return syscall(SYS_pidfd_send_signal, handle, SIGSTOP, nullptr, 0); }},
      {"take a descriptor", [=] { return syscall(SYS_pidfd_getfd, handle, 0, 0); }},
      {"limit", [=] { return prlimit(id, RLIMIT_NOFILE, nullptr, nullptr); }},
      {"priority", [=] { return setpriority(PRIO_PROCESS, static_cast<id_t>(id), 1); }},
      {"priority of the group", [] { return setpriority(PRIO_PGRP, 0, 1); }},
      {"processor",
       [=] {
         cpu_set_t one{};
         CPU_SET(0, &one);
         return sched_setaffinity(id, sizeof one, &one);
       }},
  };
}

TEST_F(confinement, keeps_other_processes_out_of_reach) {
  child_process other = idle_process();
  const descriptor handle(static_cast<int>(syscall(SYS_pidfd_open, other.id(), 0)));
  for (const confined_for purpose : both)
    EXPECT_EQ(confined(purpose, [&] { return not_refused(on_process(other.id(), handle.get())); }), "");
  EXPECT_FALSE(other.has_ended());
}

TEST_F(confinement, lets_signals_reach_nobody_else) {
  child_process other = idle_process();
  const pid_t test = getpid();
  for (const confined_for purpose : both)
    EXPECT_EQ(confined(purpose,
                       [&] {
                         return not_refused(
                             {{"another", [&] { return kill(other.id(), SIGKILL); }},
                              {"its thread", [&] { return tgkill(other.id(), other.id(), SIGKILL); }},
                              {"the parent", [&] { return kill(test, SIGSTOP); }},
                              {"its thread", [&] { return tgkill(test, test, SIGSTOP); }},
                              {"the group", [] { return kill(0, SIGSTOP); }},
                              {"a group", [&] { return kill(-getpgrp(), SIGSTOP); }},
                              {"all", [] { return kill(-1, 0); }}});
                       }),
              "");
  EXPECT_FALSE(other.has_ended());
}

TEST_F(confinement, protects_the_parent_from_what_is_loaded_without_the_help_of_landlock) {
  prepare_confinement();
  const pid_t test = getpid();
  child_process other = idle_process();
  EXPECT_EQ(in_fork([&] {
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              syscall_filter(confined_for::loading).install({test, other.id()});
              return not_refused({{"first", [&] { return kill(test, SIGSTOP); }},
                                  {"second", [&] { return kill(other.id(), SIGSTOP); }},
                                  {"the group", [] { return kill(0, SIGSTOP); }},
                                  {"a group", [&] { return kill(-getpgrp(), SIGSTOP); }}});
            }),
            "");
}

TEST_F(confinement, leaves_a_process_its_own_signals_and_threads) {
  for (const confined_for purpose : both)
    EXPECT_EQ(confined(purpose,
                       [] {
                         static volatile std::sig_atomic_t count = 0;
                         std::signal(SIGUSR1, [](int) { count = count + 1; });
                         std::raise(SIGUSR1);
                         pthread_kill(pthread_self(), SIGUSR1);
                         kill(getpid(), SIGUSR1);
                         int sum = 0;
                         std::thread([&] { sum = 7; }).join();
                         return fmt::format("{} {}", static_cast<int>(count), sum);
                       }),
              "3 7");
  EXPECT_THROW(confined(confined_for::running, []() -> std::string { std::abort(); }), error);
}

TEST_F(confinement, leaves_them_to_a_process_that_prepared_for_itself) {
  for (const confined_for purpose : both) {
    child_process alone = child_process::fork([=] {
      confine(purpose);
      std::raise(SIGUSR1);
    });
    EXPECT_EQ(alone.wait().signal, SIGUSR1);
  }
}

TEST_F(confinement, lets_a_loading_process_fork_kill_and_wait_and_a_running_one_not) {
  const std::vector<attempt> starting{
      {"fork", [] { return fork(); }},
      {"clone", [] { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
      {"vfork", [] { return syscall(SYS_vfork); }},
      {"setpgid", [] { return setpgid(0, 0); }},
      {"a handle", [] { return syscall(SYS_pidfd_open, getppid(), 0); }},
  };
  EXPECT_EQ(confined(confined_for::running, [&] { return not_refused(starting); }), "");
  EXPECT_EQ(confined(confined_for::loading,
                     [&] {
                       child_process trial = child_process::fork([&] {
                         confine(confined_for::running);
                         if (!not_refused(starting).empty()) _exit(3);
                         std::raise(SIGUSR1);
                       });
                       const process_end end = trial.wait();
                       child_process idle = idle_process();
                       idle.kill();
                       return fmt::format("{} {} {}", end.exit_code, end.signal, idle.end().signal);
                     }),
            fmt::format("0 {} {}", SIGUSR1, SIGKILL));
}

TEST_F(confinement, lets_a_loading_process_not_go_its_own_way) {
  EXPECT_EQ(
      confined(confined_for::loading,
               [] {
                 return not_refused(
                     {{"a child of the parent", [] { return syscall(SYS_clone, CLONE_PARENT, 0, 0, 0, 0); }},
                      {"namespace", [] { return syscall(SYS_clone, CLONE_NEWUSER, 0, 0, 0, 0); }}});
               }),
      "");
  for (const confined_for purpose : both) {
    EXPECT_EQ(
        confined(purpose,
                 [] {
                   char name[] = "/bin/true";
                   char* const words[] = {name, nullptr};
                   return not_refused(
                       {{"exec", [&] { return execv(name, words); }},
                        {"session", [] { return setsid(); }},
                        {"death signal", [] { return prctl(PR_SET_PDEATHSIG, 0); }},
                        {"the same in 64 bits",
                         [] { return syscall(SYS_prctl, (1UL << 32U) | PR_SET_PDEATHSIG, 0, 0, 0, 0); }},
                        {"dumpable", [] { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }},
                        {"subreaper", [] { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }}});
                 }),
        "");
    EXPECT_EQ(confined(purpose, [] { return std::to_string(prctl(PR_SET_PDEATHSIG, SIGKILL)); }), "0");
  }
}

TEST_F(confinement, hides_the_trials_of_a_template_from_each_other) {
  EXPECT_EQ(confined(confined_for::loading,
                     [] {
                       child_process sibling = idle_process();
                       child_process trial = child_process::fork([&] {
                         confine(confined_for::running);
                         const auto opens = [](pid_t id, const char* what) {
                           return open(fmt::format("/proc/{}/{}", id, what).c_str(), O_RDONLY | O_CLOEXEC) >=
                                  0;
                         };
                         if (!opens(getpid(), "mem")) _exit(3);
                         for (const pid_t other : {sibling.id(), getppid()})
                           if (opens(other, "mem") || opens(other, "environ") || opens(other, "fd/0"))
                             _exit(4);
                       });
                       return std::to_string(trial.wait().exit_code);
                     }),
            "0");
}

/// The exit status of a shell that was confined before it was started.
int shell_status(const std::string& script) {
  child_process shell = child_process::fork([&] {
    confine(confined_for::program);
    execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    _exit(99);
  });
  return shell.wait().exit_code;
}

TEST_F(confinement, lets_a_program_read_and_no_more) {
  prepare_confinement();
  EXPECT_EQ(shell_status("read -r line < /proc/self/status && exit 3"), 3);
  EXPECT_NE(shell_status(fmt::format("echo changed > {}", file.string())), 0);
  EXPECT_EQ(fs::file_size(file), 4U);
  EXPECT_NE(shell_status("(exit 0); exit 0"), 0) << "it can't fork";
  EXPECT_EQ(
      shell_status(fmt::format("exec sh -c 'exec sh -c \"echo changed > {} || exit 4\"'", file.string())), 4)
      << "others that it becomes can do no more";
  EXPECT_EQ(fs::file_size(file), 4U);
}

}  // namespace
}  // namespace ravine
