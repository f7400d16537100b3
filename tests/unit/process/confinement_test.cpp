#include "process/confinement.hpp"

#include "process/child_process.hpp"
#include "process/descriptor.hpp"
#include "process/file_confinement.hpp"
#include "process/sandbox.hpp"
#include "process/syscall_filter.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr confined_for both[] = {confined_for::loading, confined_for::running};

/// What `job` answers in a fork that is not confined yet, as jobs in a sandbox are.
std::string in_fork(const std::function<std::string()>& job) {
  prepare_confinement();
  set_confinement(confinement_mode::off);
  const sandbox_outcome outcome = try_in_sandbox(
      [&] {
        set_confinement(confinement_mode::on);
        return job();
      },
      {.time = std::chrono::seconds(20)});
  set_confinement(confinement_mode::on);
  if (outcome.ended != sandbox_outcome::how::answered) throw error(outcome.text);
  return outcome.text;
}

/// What `job` answers in a fork that was confined before.
std::string confined(confined_for purpose, const std::function<std::string()>& job,
                     const std::vector<fs::path>& writable = {}) {
  return in_fork([&] {
    confine(purpose, writable);
    return job();
  });
}

struct attempt {
  const char* name;
  std::function<long()> call;  ///< negative, with errno, if it is refused
};

/// "NAME: what happened" for each that was not refused with EPERM.
std::string not_refused(const std::vector<attempt>& all) {
  std::string names;
  for (const attempt& each : all) {
    errno = 0;
    const long answer = each.call();
    if (answer >= 0 || errno != EPERM)
      names += fmt::format("{}: {} {}\n", each.name, answer, std::strerror(errno));
  }
  return names;
}

/// A process that does nothing until it is killed.
child_process idle_process() {
  return child_process::fork([] {
    for (;;) pause();
  });
}

class confinement : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!syscall_filter::is_supported() || landlock_version() == 0) GTEST_SKIP() << missing_confinement();
    fs::create_directories(folder);
    std::ofstream(file) << "kept";
  }
  void TearDown() override { fs::remove_all(folder); }

  const fs::path folder =
      fs::path(::testing::TempDir()) /
      fmt::format("{}-{}", ::testing::UnitTest::GetInstance()->current_test_info()->name(), getpid());
  const fs::path file = folder / "file";
};

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

TEST_F(confinement, makes_files_readable_only) {
  const std::string name = file;
  const std::string other = folder / "other";
  for (const confined_for purpose : both)
    EXPECT_EQ(
        confined(purpose,
                 [&] {
                   // Landlock says EACCES, or EXDEV; what else is refused says EPERM.
                   const std::vector<attempt> all{
                       {"write", [&] { return open(name.c_str(), O_WRONLY); }},
                       {"append", [&] { return open(name.c_str(), O_RDWR | O_APPEND); }},
                       {"empty", [&] { return open(name.c_str(), O_RDONLY | O_TRUNC); }},
                       {"truncate", [&] { return truncate(name.c_str(), 0); }},
                       {"create", [&] { return open(other.c_str(), O_WRONLY | O_CREAT, 0600); }},
                       {"nameless", [&] { return open(folder.c_str(), O_TMPFILE | O_RDWR, 0600); }},
                       {"remove", [&] { return unlink(name.c_str()); }},
                       {"move", [&] { return rename(name.c_str(), other.c_str()); }},
                       {"link", [&] { return link(name.c_str(), other.c_str()); }},
                       {"symlink", [&] { return symlink(name.c_str(), other.c_str()); }},
                       {"folder", [&] { return mkdir(other.c_str(), 0700); }},
                       {"no folder", [&] { return rmdir(folder.c_str()); }},
                       {"pipe", [&] { return mkfifo(other.c_str(), 0600); }},
                       {"mode", [&] { return chmod(name.c_str(), 0); }},
                       {"new mode", [&] { return syscall(452, AT_FDCWD, name.c_str(), 0, 0); }},
                       {"owner", [&] { return chown(name.c_str(), getuid(), getgid()); }},
                       {"times", [&] { return utimensat(AT_FDCWD, name.c_str(), nullptr, 0); }},
                       {"attribute", [&] { return setxattr(name.c_str(), "user.x", "y", 1, 0); }},
                       {"shared memory", [] { return shm_open("/ravine-test", O_RDWR | O_CREAT, 0600); }},
                   };
                   std::string done;
                   for (const attempt& each : all)
                     if (each.call() >= 0) done += each.name + std::string("\n");
                   const int readable = open(name.c_str(), O_RDONLY);
                   struct flock lock {};
                   lock.l_type = F_RDLCK;
                   done += not_refused(
                       {{"flock", [&] { return flock(readable, LOCK_SH); }},
                        {"lock", [&] { return fcntl(readable, F_SETLK, &lock); }},
                        {"lease", [&] { return fcntl(readable, F_SETLEASE, F_RDLCK); }},
                        {"owner of signals", [&] { return fcntl(readable, F_SETOWN, getppid()); }},
                        {"segment", [] { return shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600); }}});
                   char first = 0;
                   if (read(readable, &first, 1) != 1 || first != 'k') done += "can't be read\n";
                   if (open("/dev/null", O_WRONLY | O_TRUNC) < 0) done += "/dev/null can't be written\n";
                   return done;
                 }),
        "");
  EXPECT_EQ(fs::file_size(file), 4U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(confinement, lets_files_be_written_below_a_folder_that_is_allowed) {
  for (const confined_for purpose : both) {
    const fs::path inside = folder / "inside";
    fs::create_directories(inside);
    EXPECT_EQ(confined(purpose,
                       [&] {
                         std::ofstream(inside / "first") << "text";
                         fs::rename(inside / "first", inside / "second");
                         return std::string(std::ofstream(folder / "outside") ? "written" : "refused");
                       },
                       {inside}),
              "refused");
    EXPECT_EQ(fs::file_size(inside / "second"), 4U);
  }
}

TEST_F(confinement, closes_the_network) {
  for (const confined_for purpose : both)
    EXPECT_EQ(confined(purpose,
                       [] {
                         sockaddr_in there{};
                         there.sin_family = AF_INET;
                         const auto* address = reinterpret_cast<const sockaddr*>(&there);
                         int pair[2] = {-1, -1};
                         std::string done = not_refused(
                             {{"internet", [] { return socket(AF_INET, SOCK_STREAM, 0); }},
                              {"netlink", [] { return socket(AF_NETLINK, SOCK_RAW, 0); }},
                              {"local", [] { return socket(AF_UNIX, SOCK_STREAM, 0); }},
                              {"datagrams",
                               [&] { return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair); }},
                              {"connect", [&] { return connect(0, address, sizeof there); }},
                              {"bind", [&] { return bind(0, address, sizeof there); }},
                              {"send", [&] { return sendto(0, "", 1, 0, address, sizeof there); }}});
                         if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) done += "no pair\n";
                         if (send(pair[0], "x", 1, 0) != 1) done += "nothing sent\n";
                         return done;
                       }),
              "");
}

TEST_F(confinement, refuses_what_changes_the_system) {
  for (const confined_for purpose : both)
    EXPECT_EQ(confined(purpose,
                       [] {
                         return not_refused(
                             {{"unshare", [] { return unshare(CLONE_NEWUSER); }},
                              {"bpf", [] { return syscall(SYS_bpf, 0, nullptr, 0); }},
                              {"perf", [] { return syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0); }},
                              {"io_uring", [] { return syscall(SYS_io_uring_setup, 1, nullptr); }},
                              {"userfaultfd", [] { return syscall(SYS_userfaultfd, 0); }},
                              {"keyctl", [] { return syscall(SYS_keyctl, 0, 0, 0, 0, 0); }},
                              {"personality", [] { return syscall(SYS_personality, 0x0040000); }},
                              {"mount", [] { return syscall(SYS_mount, "a", "/", "tmpfs", 0, nullptr); }},
                              {"reboot", [] { return syscall(SYS_reboot, 0, 0, 0, nullptr); }},
                              {"typing", [] { return ioctl(0, TIOCSTI, "x"); }},
                              {"typing in 64 bits",
                               [] { return syscall(SYS_ioctl, 0, (1UL << 32U) | TIOCSTI, "x"); }}});
                       }),
              "");
}

TEST_F(confinement, lets_limits_only_be_lowered) {
  EXPECT_EQ(confined(confined_for::loading,
                     [] {
                       rlimit files{};
                       getrlimit(RLIMIT_NOFILE, &files);
                       files.rlim_cur -= 10;  // as a trial's own limit is set
                       setrlimit(RLIMIT_NOFILE, &files);
                       confine(confined_for::running);
                       rlimit limit{};
                       getrlimit(RLIMIT_NOFILE, &limit);
                       if (limit.rlim_cur != limit.rlim_max) return std::string("there is room");
                       const rlimit more{limit.rlim_cur + 1, limit.rlim_max + 1};
                       const rlimit less{limit.rlim_cur - 1, limit.rlim_max};
                       if (setrlimit(RLIMIT_NOFILE, &more) == 0) return std::string("raised");
                       if (setrlimit(RLIMIT_NOFILE, &less) != 0) return std::string("not lowered");
                       return std::string("lowered");
                     }),
            "lowered");
}

TEST_F(confinement, does_nothing_when_it_is_switched_off) {
  EXPECT_EQ(in_fork([&] {
              set_confinement(confinement_mode::off);
              shield_from_other_processes();
              confine(confined_for::running);
              std::ofstream(file) << "changed";
              const process_end end = child_process::fork([] { _exit(5); }).wait();
              return fmt::format("{} {} {} '{}'", end.exit_code, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
                                 prctl(PR_GET_DUMPABLE), missing_confinement());
            }),
            "5 0 1 ''");
  EXPECT_EQ(fs::file_size(file), 7U);
}

TEST_F(confinement, leaves_a_process_open_to_debuggers_where_there_is_landlock) {
  EXPECT_EQ(in_fork([] {
              shield_from_other_processes();
              return std::to_string(prctl(PR_GET_DUMPABLE));
            }),
            "1");
}

TEST_F(confinement, has_nothing_missing_here) { EXPECT_EQ(missing_confinement(), ""); }

/// The exit status of a shell that was confined before it was started.
int shell_status(const std::string& script) {
  child_process shell = child_process::fork([&] {
    confine(confined_for::program);
    execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    _exit(99);
  });
  return shell.wait().exit_code;
}

TEST(confined_program, can_read_and_no_more) {
  if (!syscall_filter::is_supported() || landlock_version() == 0) GTEST_SKIP() << "this system has less";
  prepare_confinement();
  const fs::path file = fs::temp_directory_path() / fmt::format("ravine-shell-{}", getpid());
  EXPECT_EQ(shell_status("read -r line < /proc/self/status && exit 3"), 3);
  EXPECT_NE(shell_status(fmt::format("echo changed > {}", file.string())), 0);
  EXPECT_FALSE(fs::exists(file));
  EXPECT_NE(shell_status("(exit 0); exit 0"), 0) << "it can't fork";
}

}  // namespace
}  // namespace ravine
