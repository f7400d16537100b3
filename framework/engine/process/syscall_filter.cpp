#include "process/syscall_filter.hpp"

#include "process/descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <memory>
#include <span>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ravine {
namespace {

// Process ids are known when the program is installed, not when it is compiled. These numbers, which lie
// above the largest process id (2^22), stand for them until then.
constexpr std::uint32_t own_id = 0x5EAF0001;
constexpr std::uint32_t first_protected = 0x5EAF0002;
constexpr std::uint32_t second_protected = 0x5EAF0003;

constexpr std::uint64_t low_word = 0xFFFFFFFF;  // of arguments that the kernel reads as int

constexpr scmp_arg_cmp argument_is(unsigned which, std::uint64_t value, std::uint64_t mask = low_word) {
  return {which, SCMP_CMP_MASKED_EQ, mask, value};
}
constexpr scmp_arg_cmp argument_is_not(unsigned which, std::uint64_t value) {
  return {which, SCMP_CMP_NE, value, 0};
}

/// Names what libseccomp says no to, and adds up rules.
class rules {
 public:
  rules() : context_(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release) {
    if (!context_) throw process_error(ENOMEM);
    // 32-bit calls of a 64-bit program go round the rules.
    check(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)));
    check(seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));  // a tree, not a list
  }

  void refuse(std::initializer_list<int> calls) {
    for (const int each : calls) add(SCMP_ACT_ERRNO(EPERM), each, {});
  }
  void refuse_if(int call, std::initializer_list<scmp_arg_cmp> all_of) {
    add(SCMP_ACT_ERRNO(EPERM), call, all_of);
  }
  /// Who meets ENOSYS uses an older call, which can be judged by its arguments.
  void hide(std::initializer_list<int> calls) {
    for (const int each : calls) add(SCMP_ACT_ERRNO(ENOSYS), each, {});
  }

  std::vector<sock_filter> compile() const {
    const descriptor file(memfd_create("filter", MFD_CLOEXEC));
    if (file.get() < 0) throw process_error(errno);
    check(seccomp_export_bpf(context_.get(), file.get()));
    const off_t size = lseek(file.get(), 0, SEEK_CUR);
    std::vector<sock_filter> program(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (pread(file.get(), program.data(), program.size() * sizeof(sock_filter), 0) != size)
      throw process_error(EIO);
    return program;
  }

 private:
  static void check(int answer) {
    if (answer < 0) throw process_error(-answer);
  }
  void add(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> arguments) {
    // Calls that this architecture does not have are left out.
    check(seccomp_rule_add_array(context_.get(), action, call, static_cast<unsigned>(arguments.size()),
                                 arguments.size() == 0 ? nullptr : arguments.begin()));
  }

  std::unique_ptr<void, decltype(&seccomp_release)> context_;
};

void refuse_programs(rules& to) { to.refuse({SCMP_SYS(execve), SCMP_SYS(execveat)}); }

void refuse_other_processes(rules& to) {
  to.refuse({SCMP_SYS(setsid)});
  to.refuse({SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
             SCMP_SYS(process_madvise), SCMP_SYS(process_mrelease), SCMP_SYS(kcmp), SCMP_SYS(pidfd_getfd),
             SCMP_SYS(migrate_pages)});
  to.refuse(
      {SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(pidfd_send_signal)});
  // 0: this process or thread.
  for (const int call : {SCMP_SYS(prlimit64), SCMP_SYS(sched_setattr), SCMP_SYS(sched_setparam),
                         SCMP_SYS(sched_setscheduler), SCMP_SYS(sched_setaffinity), SCMP_SYS(move_pages)})
    to.refuse_if(call, {argument_is_not(0, 0)});
  for (const int call : {SCMP_SYS(setpriority), SCMP_SYS(ioprio_set)})
    to.refuse_if(call, {argument_is_not(1, 0)});
  to.refuse_if(SCMP_SYS(setpriority), {argument_is_not(0, 0)});  // 0: PRIO_PROCESS
  to.refuse_if(SCMP_SYS(ioprio_set), {argument_is_not(0, 1)});   // 1: IOPRIO_WHO_PROCESS

  constexpr int sched_core = 62;  // PR_SCHED_CORE
  for (const int option : {PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, sched_core})
    to.refuse_if(SCMP_SYS(prctl), {argument_is(0, static_cast<unsigned>(option))});
  to.refuse_if(SCMP_SYS(prctl), {argument_is(0, PR_SET_PDEATHSIG), argument_is_not(1, SIGKILL)});

  // The kernel would send a signal to whoever a descriptor names as its owner.
  for (const int command : {F_SETOWN, 15 /* F_SETOWN_EX */, 10 /* F_SETSIG */})
    to.refuse_if(SCMP_SYS(fcntl), {argument_is(1, static_cast<unsigned>(command))});
  for (const int request : {FIOSETOWN, SIOCSPGRP})
    to.refuse_if(SCMP_SYS(ioctl), {argument_is(1, static_cast<unsigned>(request))});
  // What is typed into the user's terminal runs when the command has ended.
  constexpr unsigned console_paste = 0x541C;  // TIOCLINUX
  for (const unsigned request : {unsigned{TIOCSTI}, unsigned{TIOCSCTTY}, unsigned{TIOCSPGRP}, console_paste})
    to.refuse_if(SCMP_SYS(ioctl), {argument_is(1, request)});
}

void refuse_network(rules& to) {
  to.refuse({SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept),
             SCMP_SYS(accept4)});
  to.refuse_if(SCMP_SYS(sendto), {argument_is_not(4, 0)});
  to.refuse_if(SCMP_SYS(socketpair), {argument_is_not(0, AF_UNIX)});
  // Both send to any address, though they are one of a pair.
  for (const unsigned type : {SOCK_DGRAM, SOCK_RAW})
    to.refuse_if(SCMP_SYS(socketpair), {argument_is(1, type, 0xF)});
}

/// What Landlock leaves open: the attributes of files, truncating in Linux before 6.2, and locks, which would
/// stop whoever writes the file.
void refuse_files(rules& to) {
  to.refuse({SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), 452 /* fchmodat2 */, SCMP_SYS(chown),
             SCMP_SYS(fchown), SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(utime), SCMP_SYS(utimes),
             SCMP_SYS(utimensat), SCMP_SYS(futimesat)});
  to.refuse({SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(fsetxattr), 463 /* setxattrat */,
             SCMP_SYS(removexattr), SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr), 466 /* removexattrat */,
             469 /* file_setattr */});
  for (const unsigned request : {0x40086602U /* FS_IOC_SETFLAGS */, 0x401C5820U /* FS_IOC_FSSETXATTR */})
    to.refuse_if(SCMP_SYS(ioctl), {argument_is(1, request)});
  to.refuse({SCMP_SYS(truncate), SCMP_SYS(open_by_handle_at)});
  to.hide({SCMP_SYS(openat2)});
  to.refuse_if(SCMP_SYS(open), {argument_is(1, O_TRUNC | O_RDONLY, O_TRUNC | O_ACCMODE)});
  to.refuse_if(SCMP_SYS(openat), {argument_is(2, O_TRUNC | O_RDONLY, O_TRUNC | O_ACCMODE)});
  to.refuse({SCMP_SYS(flock)});
  for (const int command :
       {F_SETLK, F_SETLKW, 37 /* F_OFD_SETLK */, 38 /* F_OFD_SETLKW */, 1024 /* F_SETLEASE */})
    to.refuse_if(SCMP_SYS(fcntl), {argument_is(1, static_cast<unsigned>(command))});
}

/// Most need a privilege that confined processes do not have; not all do in a user namespace.
void refuse_system(rules& to) {
  to.refuse({SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
             SCMP_SYS(chroot), SCMP_SYS(fsopen), SCMP_SYS(fsmount), SCMP_SYS(move_mount), SCMP_SYS(open_tree),
             SCMP_SYS(mount_setattr)});
  to.refuse({SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register)});
  to.refuse({SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(keyctl),
             SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load),
             SCMP_SYS(reboot), SCMP_SYS(personality), SCMP_SYS(init_module), SCMP_SYS(finit_module),
             SCMP_SYS(delete_module), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(syslog),
             SCMP_SYS(vhangup)});
  // Memory, queues and semaphores that outlive who made them.
  to.refuse({SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(shmctl), SCMP_SYS(semget), SCMP_SYS(semctl),
             SCMP_SYS(msgget), SCMP_SYS(msgctl), SCMP_SYS(msgsnd), SCMP_SYS(msgrcv), SCMP_SYS(mq_open),
             SCMP_SYS(mq_unlink)});
}

void limit_loading(rules& to) {
  for (const int call : {SCMP_SYS(kill), SCMP_SYS(tgkill)}) {
    to.refuse_if(call, {argument_is(0, 0x80000000, 0x80000000)});  // negative: all, or a process group
    for (const std::uint32_t target : {0U, 1U, first_protected, second_protected})
      to.refuse_if(call, {argument_is(0, target)});
  }
  for (const auto flag : {static_cast<unsigned>(CLONE_PARENT), static_cast<unsigned>(CLONE_NEWUSER)})
    to.refuse_if(SCMP_SYS(clone), {argument_is(0, flag, flag)});
}

void limit_running(rules& to) {
  to.refuse({SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(setpgid), SCMP_SYS(pidfd_open)});
  to.refuse_if(SCMP_SYS(clone), {argument_is(0, 0, CLONE_THREAD)});
  for (const int call : {SCMP_SYS(kill), SCMP_SYS(tgkill)}) to.refuse_if(call, {argument_is_not(0, own_id)});
}

}  // namespace

syscall_filter::syscall_filter(confined_for purpose) {
  rules all;
  if (purpose != confined_for::running) {  // which follows loading
    all.hide({SCMP_SYS(clone3)});          // its arguments can't be seen from here
    refuse_other_processes(all);
    refuse_network(all);
    refuse_files(all);
    refuse_system(all);
  }
  if (purpose == confined_for::loading) {
    refuse_programs(all);
    limit_loading(all);
  } else {
    limit_running(all);
  }
  program_ = all.compile();
}

bool syscall_filter::is_supported() {
  const std::uint32_t action = SECCOMP_RET_ERRNO;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

void syscall_filter::install(protected_processes others) const {
  std::vector<sock_filter> program = program_;
  const auto put = [&](std::uint32_t placeholder, pid_t id) {
    for (sock_filter& each : program)
      if (BPF_CLASS(each.code) == BPF_JMP && each.k == placeholder) each.k = static_cast<std::uint32_t>(id);
  };
  put(own_id, getpid());
  put(first_protected, others.first);
  put(second_protected, others.second);
  const sock_fprog all{static_cast<unsigned short>(program.size()), program.data()};
  // Without the flag, kernels before 5.16 slow down all that a filtered process computes.
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &all) != 0)
    throw process_error(errno);
}

}  // namespace ravine
