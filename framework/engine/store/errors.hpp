#pragma once

#include "core/error.hpp"
#include "store/store_error.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

namespace ravine {

/// Whether the file system is one that processes can't share memory on, which WAL needs.
bool lacks_shared_memory(const SQLite::Exception& problem);

/// Throws store_error with what SQLite's error means to the user of this file.
[[noreturn]] void raise_store_error(const std::filesystem::path& file, const SQLite::Exception& problem);
/// The same; looks through a damaged file for the table that is damaged.
[[noreturn]] void raise_store_error(const std::filesystem::path& file, const SQLite::Exception& problem,
                                    SQLite::Database& database);

/// Throws the store_error of a file that is damaged: where, what was found there, and what can be done.
[[noreturn]] void raise_damage(const std::filesystem::path& file, std::string_view what);

/// Throws the ravine::error of one trial that is damaged: deleted, it is run again.
[[noreturn]] void raise_trial_damage(std::int64_t id, std::string_view table, std::string_view what);

/// Runs `body` and turns SQLite's errors into store_error. `opened` is the file's database, if it is open.
template <class Body, class... Opened>
auto with_store_errors(const std::filesystem::path& file, Body&& body, Opened&... opened) {
  try {
    return std::forward<Body>(body)();
  } catch (const SQLite::Exception& problem) {
    raise_store_error(file, problem, opened...);
  } catch (const store_error&) {
    throw;
  } catch (const error& problem) {  // what is stored makes no sense
    throw store_error(file.string() + ": the file is damaged: " + problem.what());
  }
}

}  // namespace ravine
