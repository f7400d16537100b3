#include "process/confinement.hpp"

#include "process/descriptor.hpp"
#include "process/file_confinement.hpp"
#include "process/syscall_filter.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <optional>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ravine {
namespace {

// A setting of the process, like its working directory.
std::atomic<confinement_mode> mode{
    confinement_mode::on};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// Whether this process, or the one that it was forked from, has called confine.
bool is_confined = false;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

/// What is made once and inherited by forks.
struct preparation {
  bool confines_files = landlock_version() > 0;
  pid_t made_by = getpid();
  std::optional<syscall_filter> loading, running;

  preparation() {
    if (!syscall_filter::is_supported()) return;
    loading.emplace(confined_for::loading);
    running.emplace(confined_for::running);
  }
};

const preparation& prepared() {
  static const preparation all;
  return all;
}

/// A process of root keeps the right to read what root may read, and loses all others; other users have none
/// to lose.
void drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> held{};
  if (syscall(SYS_capget, &header, held.data()) != 0) throw process_error(errno);
  const std::uint32_t kept = held[0].effective & (1U << CAP_DAC_READ_SEARCH);
  held = {};
  held[0].effective = held[0].permitted = kept;
  if (syscall(SYS_capset, &header, held.data()) != 0) throw process_error(errno);
}

/// Lowers each hard limit to the limit that holds, so that nothing can be raised.
void fix_resource_limits() {
  for (int each = 0; each < RLIMIT_NLIMITS; ++each) {
    const auto resource = static_cast<__rlimit_resource>(each);
    rlimit limit{};
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == limit.rlim_max) continue;
    limit.rlim_max = limit.rlim_cur;
    if (setrlimit(resource, &limit) != 0) throw process_error(errno);
  }
}

}  // namespace

void set_confinement(confinement_mode wanted) { mode = wanted; }
confinement_mode current_confinement() { return mode; }

void prepare_confinement() {
  if (mode == confinement_mode::on) prepared();
}

void confine(confined_for purpose, const std::vector<std::filesystem::path>& writable) {
  if (mode == confinement_mode::off) return;
  const preparation& all = prepared();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw process_error(errno);
  fix_resource_limits();
  if (!is_confined) drop_capabilities();
  // Again for what runs in a fork of what was loaded: it is apart from that, and from others like it.
  if (all.confines_files) confine_files(writable);
  const pid_t elder = all.made_by == getpid() ? getppid() : all.made_by;
  const syscall_filter::protected_processes others{elder, getppid()};
  if (purpose == confined_for::program) {
    // Rarely needed, and so made where it is.
    if (syscall_filter::is_supported()) syscall_filter(purpose).install(others);
    is_confined = true;
    return;
  }
  if (all.loading && !is_confined) all.loading->install(others);
  if (all.running && purpose == confined_for::running) all.running->install(others);
  is_confined = true;
}

std::string missing_confinement() {
  if (mode == confinement_mode::off) return "";
  const preparation& all = prepared();
  std::string missing;
  if (!all.loading)
    missing =
        "This system has no filter of system calls (seccomp): plugins can reach the network and other "
        "processes.";
  if (!all.confines_files) {
    if (!missing.empty()) missing += ' ';
    missing += "This system has no Landlock: plugins can change every file that you can change.";
  }
  return missing;
}

void shield_from_other_processes() {
  if (mode == confinement_mode::on && !prepared().confines_files) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace ravine
