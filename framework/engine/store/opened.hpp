#pragma once

#include "store/columns.hpp"
#include "store/database.hpp"
#include "store/store.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace ravine {

/// An opened results file.
struct store::opened {
  /// SQLite's own locks are left out: one thread uses a store.
  opened(const std::filesystem::path& given, int flags, std::unique_ptr<writer_lock> held)
      : file(given), lock(std::move(held)), database(given.string(), flags | SQLite::OPEN_NOMUTEX) {}

  /// A statement that is made once, ready for values.
  SQLite::Statement& prepared(const std::string& sql);
  template <class... Values>
  void execute(const std::string& sql, const Values&... values) {
    SQLite::Statement& statement = prepared(sql);
    binder to(statement);
    (to << ... << values);
    statement.exec();
  }
  /// Whether what is committed next waits for the disk: once a second is enough.
  void choose_durability();

  void forget_trial(const std::string& hash);
  std::int64_t insert_trial(const planned_trial& trial, const trial_result& result, const provenance& origin);
  void insert_evaluations(std::int64_t id, const std::vector<evaluation>& evaluations);
  void insert_path(std::int64_t id, const trajectory& path);
  void insert_planned(std::int64_t experiment, const trial_list& trials);

  std::filesystem::path file;
  std::unique_ptr<writer_lock> lock;  // null if opened for reading; outlives the database
  SQLite::Database database;
  std::unordered_map<std::string, SQLite::Statement> statements;  // goes before the database
  std::chrono::steady_clock::time_point last_synchronized{};
};

std::string_view role_name(trial_role role);

}  // namespace ravine
