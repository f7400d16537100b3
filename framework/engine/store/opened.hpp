#pragma once

#include "store/database.hpp"
#include "store/schema.hpp"
#include "store/store.hpp"

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
  opened(const std::filesystem::path& given, int flags, std::unique_ptr<writer_lock> held)
      : file(given), lock(std::move(held)), database(given.string(), flags) {}

  std::int64_t name_id(const std::string& name);
  std::int64_t insert_trial(const planned_trial& trial, const trial_result& result, const provenance& origin);
  void insert_evaluations(std::int64_t id, const std::vector<evaluation>& evaluations);
  void insert_path(std::int64_t id, const trajectory& path);
  void insert_planned(std::int64_t experiment, const std::vector<planned_trial>& trials);
  /// Finds how the trial of a hash has ended, and its limits.
  SQLite::Statement ending_of();
  void forget_checkpoint(std::string_view hash);
  /// Fills in the curves of `trials`. The same trial may be part of several experiments.
  void read_evaluations(std::vector<stored_trial>& trials);

  std::filesystem::path file;
  std::unique_ptr<writer_lock> lock;  // null if opened for reading; outlives the database
  SQLite::Database database;
  std::unordered_map<std::string, std::int64_t> name_ids;
  int version = results_schema_version;  // of the file
};

std::string_view role_name(trial_role role);

}  // namespace ravine
