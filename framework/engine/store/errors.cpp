#include "store/errors.hpp"

#include "store/checks.hpp"

#include <string>

#include <fmt/format.h>
#include <sqlite3.h>

namespace ravine {
namespace {

constexpr const char* half_done =
    "a file that an interrupted run left with a -journal or -wal file beside it is read by someone who can "
    "write to both: copy both to a folder of your own";

std::string advice(int code) {
  switch (code) {
    case SQLITE_NOTADB:
      return "it is not one of Ravine's results files; name another one";
    case SQLITE_FULL:
      return "the disk is full; what was saved before is safe: make room and run again";
    case SQLITE_READONLY:
      return fmt::format("it can't be written to: check the permissions of the file and its folder; {}",
                         half_done);
    case SQLITE_CANTOPEN:
      return fmt::format("it can't be opened: check that its folder is there, and the permissions; {}",
                         half_done);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds it locked; close that one and run again";
    case SQLITE_IOERR:
      return "the disk does not answer, or the file may not grow any more (ulimit -f); what was saved before "
             "is safe: mend that and run again";
    case SQLITE_INTERRUPT:
      return "reading it takes far longer than a file of its size can need: it is damaged, or was made to; "
             "use a copy that was not";
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return "it announces a value that is too large: it is damaged, or memory is short";
    default:
      return "the results file can't be used";
  }
}

}  // namespace

bool lacks_shared_memory(const SQLite::Exception& problem) {
  switch (problem.getExtendedErrorCode()) {
    case SQLITE_PROTOCOL:
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMLOCK:
    case SQLITE_IOERR_SHMMAP:
      return true;
    default:
      return false;
  }
}

void raise_damage(const std::filesystem::path& file, std::string_view what) {
  throw store_error(fmt::format(
      "{}: the file is damaged: {}; keep a copy, and save what can be read: sqlite3 FILE .recover | sqlite3 "
      "NEW.db (docs/results.md, \"Damaged files\")",
      file.string(), what));
}

void raise_trial_damage(std::int64_t id, std::string_view table, std::string_view what) {
  throw error(fmt::format(
      "{} (trial {}, table {}; keep a copy, and to run that trial again: sqlite3 FILE 'DELETE FROM "
      "trials WHERE id = {}')",
      what, id, table, id));
}

void raise_store_error(const std::filesystem::path& file, const SQLite::Exception& problem) {
  if (problem.getErrorCode() == SQLITE_CORRUPT) raise_damage(file, problem.what());
  const std::string what = lacks_shared_memory(problem)
                               ? "its file system can't do what SQLite's WAL needs, memory that processes "
                                 "share; copy the file, and its -wal file if there is one, to a local disk"
                               : advice(problem.getErrorCode());
  throw store_error(fmt::format("{}: {} ({})", file.string(), what, problem.what()));
}

void raise_store_error(const std::filesystem::path& file, const SQLite::Exception& problem,
                       SQLite::Database& database) {
  if (problem.getErrorCode() == SQLITE_CORRUPT) {
    raise_damage(file, fmt::format("{}{}", damaged_table(database), problem.what()));
  }
  raise_store_error(file, problem);
}

}  // namespace ravine
