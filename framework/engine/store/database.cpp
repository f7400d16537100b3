#include "store/database.hpp"

#include "core/file_kind.hpp"
#include "store/checks.hpp"
#include "store/errors.hpp"
#include "store/guard.hpp"
#include "store/tables.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace ravine {
namespace {

/// Answers the version of the file's tables, and checks that they are its.
int check_identity(SQLite::Database& database, const std::filesystem::path& file) {
  const int application = database.execAndGet("PRAGMA application_id");
  const int version = database.execAndGet("PRAGMA user_version");
  if (application != results_application_id) {
    throw store_error(fmt::format(
        "{}: it is an SQLite file, but not one of Ravine's results; name another one", file.string()));
  }
  if (version > results_schema_version) {
    throw store_error(
        fmt::format("{}: written by a newer Ravine (schema {}, this one knows {}); use that one",
                    file.string(), version, results_schema_version));
  }
  if (version < 1) raise_damage(file, "its tables have no version");
  const std::string encoding = database.execAndGet("PRAGMA encoding").getString();
  if (encoding != "UTF-8") raise_damage(file, fmt::format("its texts are {}, not UTF-8", encoding));
  check_tables(database, file, version);
  return version;
}

bool is_empty(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
}

/// From a version to the newest one; 0 is an empty file.
void bring_up_to_date(SQLite::Database& database, int version) {
  if (version == results_schema_version) return;
  if (version > version_without_checksums) check_curves(database);
  SQLite::Transaction changing(database);
  for (auto i = static_cast<std::size_t>(version); i < results_schema.size(); ++i) {
    database.exec(results_schema[i]);
  }
  check_curve_texts(database);  // before their checksums vouch for them
  database.exec(fmt::format("PRAGMA application_id = {}", results_application_id));
  database.exec(fmt::format("PRAGMA user_version = {}", results_schema_version));
  changing.commit();
}

bool has_no_locks(int fault) { return fault == ENOSYS || fault == ENOLCK || fault == EOPNOTSUPP; }

/// Whether other hosts may use the file: they share no memory, and locks of the two kinds, flock's and
/// SQLite's, are one there.
bool is_on_network(const std::filesystem::path& file) {
  constexpr std::array<std::uint32_t, 10> kinds{0x00006969,   // NFS
                                                0x0BD00BD0,   // Lustre
                                                0x47504653,   // GPFS
                                                0x5346414F,   // AFS
                                                0x6B414653,   // kAFS
                                                0x19830326,   // BeeGFS
                                                0x00C36400,   // Ceph
                                                0x0000517B,   // SMB
                                                0xFF534D42,   // CIFS
                                                0xFE534D42};  // SMB 2
  struct statfs system {};
  if (statfs(file.c_str(), &system) != 0) return false;
  return std::ranges::find(kinds, static_cast<std::uint32_t>(system.f_type)) != kinds.end();
}

/// Whether `use` finds the shared memory that WAL needs.
template <class Use>
bool shares_memory(Use use) {
  try {
    use();
    return true;
  } catch (const SQLite::Exception& problem) {
    if (!lacks_shared_memory(problem)) throw;
    return false;
  }
}

/// Opens the file anew, for this process alone: who has it alone needs no shared memory, even in WAL mode.
void open_alone(SQLite::Database& database, const std::filesystem::path& file) {
  database =
      SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, busy_milliseconds);
  distrust(database);
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
}

/// Whether the file is in WAL mode now, and what that needs is there.
bool enter_wal(SQLite::Database& database) {
  return shares_memory([&] {
           static_cast<void>(database.execAndGet("PRAGMA journal_mode = WAL"));
           static_cast<void>(is_empty(database));  // the first look at the file needs it
         }) &&
         database.execAndGet("PRAGMA journal_mode").getString() != "delete";
}

/// Of a file that was opened alone. Throws store_error.
void leave_wal(SQLite::Database& database, const std::filesystem::path& file) {
  const std::string answer = database.execAndGet("PRAGMA journal_mode = DELETE").getString();
  if (answer == "delete") {
    std::error_code ignored;  // what a try of WAL has left, in which nobody can have a part
    std::filesystem::remove(std::filesystem::path(file) += "-shm", ignored);
    return;
  }
  throw store_error(
      fmt::format("{}: its file system can do neither of what keeps a file whole (found the journal mode {}, "
                  "expected wal or delete); give --out a file on a local disk, and copy it here afterwards",
                  file.string(), answer));
}

/// Opens a file, made if there is none, and tells which of the two it was.
std::pair<int, bool> open_or_make(const std::filesystem::path& file) {
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (made >= 0 || errno != EEXIST) return {made, made >= 0};
  return {::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666), false};
}

}  // namespace

std::pair<int, bool> writer_lock::open_lock(const std::filesystem::path& file) {
  const auto [descriptor, is_new] = open_or_make(file);
  if (descriptor < 0) {
    throw store_error(
        fmt::format("{}: can't be opened for writing: {}", file.string(), std::strerror(errno)));
  }
  if (!is_on_network(file)) return {descriptor, is_new};
  // There SQLite would wait for our lock of the file itself.
  side_ = std::filesystem::path(file) += "-lock";
  ::close(descriptor);
  const int side = open_or_make(side_).first;
  if (side < 0) {
    throw store_error(
        fmt::format("{}: can't be opened for writing: {}", side_.string(), std::strerror(errno)));
  }
  return {side, is_new};
}

void check_is_results_file(const std::filesystem::path& file) {
  const std::string instead = found_instead_of_file(file);
  if (instead.empty()) return;
  throw store_error(fmt::format("{}: found {}, expected a regular file of results, or none to begin one",
                                file.string(), instead));
}

writer_lock::writer_lock(const std::filesystem::path& file) {
  check_is_results_file(file);
  const auto [descriptor, is_new] = open_lock(file);
  descriptor_ = descriptor;
  // Another kind of lock than SQLite's own, so that the file can be read and watched meanwhile.
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
    if (is_new) unused_ = file;
    return;
  }
  const int fault = errno;
  ::close(descriptor_);
  std::error_code ignored;
  if (is_new && fault != EWOULDBLOCK) std::filesystem::remove(file, ignored);
  if (!side_.empty() && fault != EWOULDBLOCK) std::filesystem::remove(side_, ignored);
  if (fault == EWOULDBLOCK) {
    throw store_error(fmt::format("{}: another ravine run is writing to it; wait for that one, or give --out",
                                  file.string()));
  }
  if (!has_no_locks(fault)) {
    throw store_error(fmt::format("{}: can't be locked: {}", file.string(), std::strerror(fault)));
  }
  throw store_error(fmt::format(
      "{}: its file system has no locks (flock: {}), which keep two runs from writing to one file; "
      "give --out a file on a local disk, and copy it here afterwards",
      file.string(), std::strerror(fault)));
}

writer_lock::~writer_lock() {
  std::error_code ignored;
  if (!unused_.empty()) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(std::filesystem::path(unused_) += suffix, ignored);
    }
  }
  ::close(descriptor_);
}

void leave_out_memory_statistics() {
  static const int answer = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(answer);  // too late if the program has used SQLite before: no harm
}

journal_mode prepare_for_writing(SQLite::Database& database, const std::filesystem::path& file) {
  distrust(database);
  bool shares = !is_on_network(file) && shares_memory([&] { static_cast<void>(is_empty(database)); });
  if (!shares) open_alone(database, file);
  int version = 0;
  if (!is_empty(database)) {
    version = check_identity(database, file);
    check_pages(database, file);
    if (version == results_schema_version) check_curves(database);
  }
  if (shares && !enter_wal(database)) {
    shares = false;
    open_alone(database, file);
  }
  if (!shares) leave_wal(database, file);
  database.exec("PRAGMA wal_autocheckpoint = 4000");  // pages; many trials share some
  bring_up_to_date(database, version);
  if (shares) return journal_mode::wal;
  database.exec("PRAGMA locking_mode = NORMAL");
  static_cast<void>(is_empty(database));  // gives the lock back
  return journal_mode::rollback;
}

void prepare_for_reading(SQLite::Database& database, const std::filesystem::path& file, older_files older) {
  distrust(database);
  if (is_empty(database))
    throw store_error(fmt::format("{}: it is empty; ravine run fills it", file.string()));
  const int version = check_identity(database, file);
  if (version == results_schema_version) return;
  if (version >= version_without_checksums && older == older_files::with_views) {
    if (version == version_without_checksums) database.exec(views_of_checksums);
    database.exec(version == version_without_scratch ? views_of_version_6 : views_of_version_5);
    return;
  }
  SQLite::Database copy("", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX);
  SQLite::Backup(copy, database).executeStep();
  distrust(copy);
  check_pages(copy, file);
  bring_up_to_date(copy, version);
  database = std::move(copy);
}

still_file::still_file(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_SH | LOCK_NB) == 0) return;
  const int fault = errno;
  if (descriptor_ >= 0 && has_no_locks(fault)) return;  // nor can anybody write there
  if (descriptor_ >= 0) ::close(descriptor_);
  throw store_error(
      fmt::format("{}: its folder can't be written to, which reading takes while another ravine run "
                  "writes to the file: {}",
                  file.string(), std::strerror(fault)));
}

still_file::~still_file() { ::close(descriptor_); }

std::string still_file::address(const std::filesystem::path& file) {
  std::string address = "file:";
  for (const char each : std::filesystem::absolute(file).string()) {
    // What has a meaning of its own in an address.
    if (each == '%' || each == '?' || each == '#') {
      address += fmt::format("%{:02X}", static_cast<unsigned>(each));
    } else {
      address += each;
    }
  }
  return address + "?immutable=1";
}

bool is_complete(const std::filesystem::path& file) {
  constexpr std::array beside{"-wal", "-journal"};
  return std::ranges::none_of(beside, [&](const char* suffix) {
    std::error_code none;
    const auto size = std::filesystem::file_size(std::filesystem::path(file) += suffix, none);
    return !none && size > 0;
  });
}

}  // namespace ravine
