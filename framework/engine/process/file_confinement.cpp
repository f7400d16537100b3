#include "process/file_confinement.hpp"

#include "process/descriptor.hpp"

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ravine {
namespace {

// The headers of Debian 12 end with version 2; these are fixed by the kernel's interface.
struct ruleset_attributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;  // since version 4
  std::uint64_t scoped = 0;   // since version 6
};
constexpr std::uint64_t truncating = std::uint64_t{1} << 14U;  // since version 3
constexpr std::uint64_t scope_abstract_sockets = 1;
constexpr std::uint64_t scope_signals = 2;

constexpr std::uint64_t changing_contents = LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t changing_folders =
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t moving_between_folders = std::uint64_t{1}
                                                 << 13U;  // since version 2; never allowed before

void allow(int ruleset, const std::filesystem::path& where, std::uint64_t rights) {
  const descriptor place(open(where.c_str(), O_PATH | O_CLOEXEC));
  if (place.get() < 0) throw process_error(errno);
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = place.get();
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    throw process_error(errno);
}

}  // namespace

int landlock_version() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

void confine_files(const std::vector<std::filesystem::path>& writable) {
  const int version = landlock_version();
  const std::uint64_t contents = changing_contents | (version >= 3 ? truncating : 0);
  ruleset_attributes wanted;
  wanted.files = contents | changing_folders | (version >= 2 ? moving_between_folders : 0);
  if (version >= 6) wanted.scoped = scope_abstract_sockets | scope_signals;
  // Older kernels refuse what is longer than they know.
  const std::size_t known = version >= 6 ? sizeof wanted : sizeof wanted.files;
  // Made anew for each process: one that a fork inherits could be exchanged by a plugin.
  const descriptor ruleset(static_cast<int>(syscall(SYS_landlock_create_ruleset, &wanted, known, 0)));
  if (ruleset.get() < 0) throw process_error(errno);
  allow(ruleset.get(), "/dev/null", contents);
  for (const std::filesystem::path& folder : writable) allow(ruleset.get(), folder, wanted.files);
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) throw process_error(errno);
}

}  // namespace ravine
