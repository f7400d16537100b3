#include "store/checks.hpp"

#include "store/columns.hpp"
#include "store/errors.hpp"
#include "store/guard.hpp"
#include "store/tables.hpp"
#include "trial/curve_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

namespace ravine {
namespace {

using object_name = std::pair<std::string, std::string>;  // "table", "trials"
using object_texts = std::map<object_name, std::string>;  // the SQL that makes it, without white space

object_texts objects_of(SQLite::Database& database) {
  // SQLite's own indices have no text; its statistics, which ANALYZE makes, belong to nobody.
  SQLite::Statement rows(database,
                         "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND NOT "
                         "(name IN ('sqlite_stat1', 'sqlite_stat4') AND type = 'table')");
  object_texts all;
  while (rows.executeStep()) {
    std::string text = rows.getColumn(2).getString();
    std::erase_if(text,
                  [](char each) { return each == ' ' || each == '\n' || each == '\t' || each == '\r'; });
    all[{rows.getColumn(0).getString(), rows.getColumn(1).getString()}] = std::move(text);
  }
  return all;
}

object_texts make_objects(int version) {
  SQLite::Database made(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX);
  distrust(made);
  for (int i = 0; i < version; ++i) made.exec(results_schema.at(static_cast<std::size_t>(i)));
  return objects_of(made);
}

object_texts objects_of_version(int version) {
  if (version != results_schema_version) return make_objects(version);
  static const object_texts newest = make_objects(results_schema_version);  // takes 2 ms
  return newest;
}

/// Those of Ravine's that the file has.
std::vector<std::string> tables_of(SQLite::Database& database) {
  SQLite::Statement rows(database,
                         "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('experiments', "
                         "'planned', 'trials', 'evaluations', 'trajectories', 'checkpoints', 'range_tests', "
                         "'range_points', 'range_tries', 'provenances', 'stand_ins') ORDER BY rootpage");
  std::vector<std::string> names;
  while (rows.executeStep()) names.push_back(rows.getColumn(0).getString());
  return names;
}

/// What quick_check says is wrong first; "ok" if nothing is.
std::string first_fault(SQLite::Database& database, const std::string& pragma) {
  try {
    return database.execAndGet(pragma).getString();
  } catch (const SQLite::Exception& problem) {
    return problem.what();
  }
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

}  // namespace

void check_tables(SQLite::Database& database, const std::filesystem::path& file, int version) {
  const object_texts found = objects_of(database);
  const object_texts expected = objects_of_version(version);
  for (const auto& [object, text] : found) {
    const auto& [type, name] = object;
    const auto ours = expected.find(object);
    if (ours == expected.end()) {
      throw store_error(
          fmt::format("{}: it holds the {} {}, which is not one of Ravine's; drop it with sqlite3, or name "
                      "another file",
                      file.string(), type, name));
    }
    if (ours->second != text) {
      throw store_error(fmt::format(
          "{}: its {} {} is not as Ravine makes it; name the file that Ravine wrote, or move the rows into a "
          "new one",
          file.string(), type, name));
    }
  }
  for (const auto& [object, text] : expected) {
    if (!found.contains(object)) {
      raise_damage(file, fmt::format("the {} {} is missing", object.first, object.second));
    }
  }
}

std::string damaged_table(SQLite::Database& database) {
  try {
    for (const std::string& name : tables_of(database)) {
      if (first_fault(database, fmt::format("PRAGMA quick_check(\"{}\")", name)) != "ok") {
        return fmt::format("in the table {}: ", name);
      }
    }
  } catch (const SQLite::Exception&) {
    return "in the list of its tables: ";
  }
  return "";
}

void check_pages(SQLite::Database& database, const std::filesystem::path& file) {
  const std::string fault = first_fault(database, "PRAGMA quick_check(1)");
  if (fault != "ok") raise_damage(file, damaged_table(database) + one_line(fault));
}

void check_curves(SQLite::Database& database) {
  const auto check = [&](const char* table, const char* what, const std::string& faulty) {
    SQLite::Statement rows(database, faulty);
    if (rows.executeStep()) raise_trial_damage(rows.getColumn(0).getInt64(), table, what);
  };
  check("evaluations", "the curve is missing",
        "SELECT id FROM trials WHERE id NOT IN (SELECT trial_id FROM evaluations)");
  check("evaluations", "the specification or the curve is not the one that was saved",
        "SELECT t.id FROM trials t JOIN evaluations e ON e.trial_id = t.id "
        "WHERE e.checksum <> ravine_checksum(t.hash, t.spec, e.metrics, e.points)");
  check("trajectories", "the path is not the one that was saved",
        "SELECT t.id FROM trials t JOIN trajectories p ON p.trial_id = t.id "
        "WHERE p.checksum <> ravine_checksum(t.hash, p.steps, p.evaluations, p.points, p.losses)");
}

void check_curve_texts(SQLite::Database& database) {
  SQLite::Statement rows(database, "SELECT trial_id, metrics, points FROM evaluations");
  while (rows.executeStep()) {
    try {
      static_cast<void>(from_curve_text(bytes_of(rows.getColumn(1)), bytes_of(rows.getColumn(2))));
    } catch (const error& problem) {
      raise_trial_damage(rows.getColumn(0).getInt64(), "evaluations", problem.what());
    }
  }
}

}  // namespace ravine
