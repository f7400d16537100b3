#include "store/database.hpp"

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

std::string advice(int code) {
  switch (code) {
    case SQLITE_NOTADB:
      return "it is not one of Ravine's results files; name another one";
    case SQLITE_CORRUPT:
      return "the file is damaged; keep a copy, and try: sqlite3 FILE .recover";
    case SQLITE_FULL:
      return "the disk is full; what was saved before is safe: make room and run again";
    case SQLITE_READONLY:
      return "it can't be written to: check the permissions of the file and its folder";
    case SQLITE_CANTOPEN:
      return "it can't be opened: check that its folder is there, and the permissions";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds it locked; close that one and run again";
    case SQLITE_IOERR:
      return "the disk does not answer; what was saved before is safe";
    default:
      return "the results file can't be used";
  }
}

/// Answers the version of the file's tables.
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
  if (version < 1) {
    throw store_error(fmt::format("{}: the file is damaged: its tables have no version", file.string()));
  }
  return version;
}

/// From a version to the newest one; 0 is an empty file.
void bring_up_to_date(SQLite::Database& database, int version) {
  if (version == results_schema_version) return;
  SQLite::Transaction changing(database);
  for (auto i = static_cast<std::size_t>(version); i < results_schema.size(); ++i) {
    database.exec(results_schema[i]);
  }
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

void raise_store_error(const std::filesystem::path& file, const SQLite::Exception& problem) {
  throw store_error(
      fmt::format("{}: {} ({})", file.string(), advice(problem.getErrorCode()), problem.what()));
}

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
  database.setBusyTimeout(10'000);
  const bool empty = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
  const int version = empty ? 0 : check_identity(database, file);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA wal_autocheckpoint = 4000");  // pages; many trials share some
  bring_up_to_date(database, version);
}

void prepare_for_reading(SQLite::Database& database, const std::filesystem::path& file) {
  database.setBusyTimeout(10'000);
  if (database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0) {
    throw store_error(fmt::format("{}: it is empty; ravine run fills it", file.string()));
  }
  const int version = check_identity(database, file);
  if (version == results_schema_version) return;
  SQLite::Database copy("", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX);
  SQLite::Backup(copy, database).executeStep();
  bring_up_to_date(copy, version);
  database = std::move(copy);
}

}  // namespace ravine
