#include "results.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

namespace ravine::testing {
namespace {

constexpr int patience = 5000;  // milliseconds, while a run writes

std::string text_of(const SQLite::Column& value) {
  switch (value.getType()) {
    case SQLITE_FLOAT:
      return fmt::format("{}", value.getDouble());
    case SQLITE_NULL:
      return "NULL";
    case SQLITE_BLOB: {
      std::string digits;
      for (const char byte : value.getString())
        digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
      return digits;
    }
    default:
      return value.getString();
  }
}

}  // namespace

void execute_in(const std::filesystem::path& file, const std::string& sql) {
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE, patience).exec(sql);
}

void make_manifest_unreadable(const std::filesystem::path& file) {
  execute_in(file, "UPDATE experiments SET manifest = 'name: bell' || char(10) || char(7)");
}

std::vector<std::string> rows_of(const std::filesystem::path& file, const std::string& query) {
  const SQLite::Database database(file.string(), SQLite::OPEN_READONLY, patience);
  SQLite::Statement statement(database, query);
  std::vector<std::string> rows;
  while (statement.executeStep()) {
    std::string row;
    for (int i = 0; i < statement.getColumnCount(); ++i) {
      row += (i == 0 ? "" : "|") + text_of(statement.getColumn(i));
    }
    rows.push_back(row);
  }
  return rows;
}

long long number_of(const std::filesystem::path& file, const std::string& query) {
  return std::stoll(rows_of(file, query).at(0));
}

std::vector<std::string> computed_in(const std::filesystem::path& file) {
  std::vector<std::string> all;
  for (const char* query :
       {"SELECT hash, status, reason, steps, evaluations, epochs, parameters, state_bytes, target_steps FROM "
        "trials "
        "ORDER BY hash",
        "SELECT DISTINCT t.hash, c.step, c.evaluations, c.epochs, c.metric, c.value FROM curves c "
        "JOIN trials t ON t.id = c.trial_id ORDER BY 1, 2, 5",
        "SELECT hash, dimension, r.steps, r.evaluations, points, losses FROM trajectories r "
        "JOIN trials t ON t.id = r.trial_id ORDER BY hash"}) {
    for (std::string& row : rows_of(file, query)) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace ravine::testing
