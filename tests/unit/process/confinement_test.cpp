#include "process/confinement.hpp"

#include "process/child_process.hpp"
#include "unit/process/confinement_support.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

// What confined processes can't do to files, the network and the system.
namespace ravine {
namespace {

using namespace testing;
namespace fs = std::filesystem;

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

}  // namespace
}  // namespace ravine
