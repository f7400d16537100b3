#include "store/database.hpp"

#include "store/checks.hpp"
#include "store/errors.hpp"
#include "store/guard.hpp"
#include "store/tables.hpp"

#include <cerrno>
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
  SQLite::Transaction changing(database);
  for (auto i = static_cast<std::size_t>(version); i < results_schema.size(); ++i) {
    database.exec(results_schema[i]);
  }
  check_curve_texts(database);  // before their checksums vouch for them
  database.exec(fmt::format("PRAGMA application_id = {}", results_application_id));
  database.exec(fmt::format("PRAGMA user_version = {}", results_schema_version));
  changing.commit();
}

/// Opens a file, made if there is none, and tells which of the two it was.
std::pair<int, bool> open_or_make(const std::filesystem::path& file) {
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (made >= 0 || errno != EEXIST) return {made, made >= 0};
  return {::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666), false};
}

}  // namespace

writer_lock::writer_lock(const std::filesystem::path& file) {
  const auto [descriptor, is_new] = open_or_make(file);
  descriptor_ = descriptor;
  if (is_new) unused_ = file;
  if (descriptor_ < 0) {
    throw store_error(
        fmt::format("{}: can't be opened for writing: {}", file.string(), std::strerror(errno)));
  }
  // Another kind of lock than SQLite's own, so that the file can be read and watched meanwhile.
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw store_error(fmt::format("{}: another ravine run is writing to it; wait for that one, or give --out",
                                  file.string()));
  }
}

writer_lock::~writer_lock() {
  if (!unused_.empty()) {
    std::error_code ignored;
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

void prepare_for_writing(SQLite::Database& database, const std::filesystem::path& file) {
  distrust(database);
  int version = 0;
  if (!is_empty(database)) {
    version = check_identity(database, file);
    check_pages(database, file);
    if (version == results_schema_version) check_curves(database);
  }
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA wal_autocheckpoint = 4000");  // pages; many trials share some
  bring_up_to_date(database, version);
}

void prepare_for_reading(SQLite::Database& database, const std::filesystem::path& file) {
  distrust(database);
  if (is_empty(database))
    throw store_error(fmt::format("{}: it is empty; ravine run fills it", file.string()));
  const int version = check_identity(database, file);
  if (version == results_schema_version) return;
  if (version >= version_without_checksums) {
    if (version == version_without_checksums) database.exec(views_of_checksums);
    if (version <= version_without_stand_ins) database.exec(views_of_stand_ins);
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
  std::error_code none;
  const auto size = std::filesystem::file_size(std::filesystem::path(file) += "-wal", none);
  return none || size == 0;
}

}  // namespace ravine
