#pragma once

#include "store/store.hpp"

#include <filesystem>
#include <string_view>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

namespace ravine {

/// Throws store_error with what SQLite's error means to the user of this file.
[[noreturn]] void raise_store_error(const std::filesystem::path& file, const SQLite::Exception& problem);

/// Runs `body` and turns SQLite's errors into store_error.
template <class Body>
auto with_store_errors(const std::filesystem::path& file, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (const SQLite::Exception& problem) {
    raise_store_error(file, problem);
  } catch (const store_error&) {
    throw;
  } catch (const error& problem) {  // what is stored makes no sense
    throw store_error(file.string() + ": the file is damaged: " + problem.what());
  }
}

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
  int descriptor_ = -1;
  std::filesystem::path unused_;  // the file while nobody needs it; empty if it was there before
};

/// SQLite counts each allocation under a lock otherwise. Before the first file is opened.
void leave_out_memory_statistics();

/// Makes the tables in an empty file, and checks that it is a results file of a version that is known, which
/// it brings up to date. Throws store_error.
void prepare_for_writing(SQLite::Database& database, const std::filesystem::path& file);
/// Checks the same. An older file stays as it is: `database` is a temporary copy of it then, up to date.
void prepare_for_reading(SQLite::Database& database, const std::filesystem::path& file);

}  // namespace ravine
