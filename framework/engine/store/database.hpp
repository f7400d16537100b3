#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include <SQLiteCpp/Database.h>

namespace ravine {

/// Held by the one process that writes a results file; given back when the process ends, however it does.
class writer_lock {
 public:
  /// Makes the file if there is none, and removes it at the end unless it is to be kept. Throws store_error
  /// if another process writes to it, or if it can't be made.
  explicit writer_lock(const std::filesystem::path& file);
  ~writer_lock();
  writer_lock(const writer_lock&) = delete;
  writer_lock& operator=(const writer_lock&) = delete;

  void keep_file() { unused_.clear(); }

 private:
  /// What is locked, and whether it was made for that.
  std::pair<int, bool> open_lock(const std::filesystem::path& file);

  int descriptor_ = -1;
  std::filesystem::path side_;    // a file beside it, where that is locked
  std::filesystem::path unused_;  // the file while nobody needs it; empty if it was there before
};

/// SQLite counts each allocation under a lock otherwise. Before the first file is opened.
void leave_out_memory_statistics();

/// Throws store_error where a folder, a FIFO or a device stands, to open which may take for ever.
void check_is_results_file(const std::filesystem::path& file);

/// How long another one's lock is waited for.
inline constexpr int busy_milliseconds = 10'000;

/// How SQLite can take back half of a change.
enum class journal_mode {
  wal,      ///< readers and a writer at the same time, through memory that they share
  rollback  ///< where they can't, as between the hosts of a network file system
};

/// Makes the tables in an empty file. In any other one checks that it is a results file of a version that is
/// known, and that it is whole, and brings it up to date. Answers the journal that the file has from now on.
/// Throws store_error.
journal_mode prepare_for_writing(SQLite::Database& database, const std::filesystem::path& file);

/// How a file of an older version is read, which stays as it is.
enum class older_files {
  with_views,  ///< views stand for what it lacks, where they can
  as_copies    ///< as a temporary copy, brought up to date
};

/// Checks that it is a results file of a version that is known; what it holds is checked when it is read. An
/// older file stays as it is: views stand for what it lacks, or `database` is a temporary copy, brought up to
/// date.
void prepare_for_reading(SQLite::Database& database, const std::filesystem::path& file, older_files older);

/// Held by who reads a file where SQLite can't make the files that it shares with a writer, as on read-only
/// media: there, nobody may write meanwhile.
class still_file {
 public:
  /// Throws store_error if a process of this machine writes to the file.
  explicit still_file(const std::filesystem::path& file);
  ~still_file();
  still_file(const still_file&) = delete;
  still_file& operator=(const still_file&) = delete;

  /// What SQLite opens it by.
  static std::string address(const std::filesystem::path& file);

 private:
  int descriptor_ = -1;
};

/// Whether all that was saved is in the file itself, and nothing else, so that it can be read as a
/// still_file: a run that died can leave a WAL beside it with what was saved last, or a rollback journal with
/// what half of a change has overwritten.
bool is_complete(const std::filesystem::path& file);

}  // namespace ravine
