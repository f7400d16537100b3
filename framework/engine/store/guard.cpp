#include "store/guard.hpp"

#include "store/checksum.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include <sqlite3.h>

namespace ravine {
namespace {

constexpr int piece = 1'000'000;  // instructions, about 10 ms

std::string_view text_of(sqlite3_value* value) {
  const auto* const begin =
      static_cast<const char*>(sqlite3_value_blob(value));  // before its size is asked for
  return {begin, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void answer_checksum(sqlite3_context* answer, int count, sqlite3_value** values) {
  std::array<std::string_view, 8> parts;
  const auto used = std::min(parts.size(), static_cast<std::size_t>(count));
  std::transform(values, values + used, parts.begin(), &text_of);
  sqlite3_result_int64(answer, checksum_of(std::span(parts).first(used)));
}

}  // namespace

void distrust(SQLite::Database& database) {
  sqlite3* const handle = database.getHandle();
  int answer = 0;
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, &answer);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &answer);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &answer);
  // Larger than anything in tables.hpp and in the statements of this folder.
  constexpr std::array<std::pair<int, int>, 9> limits{{{SQLITE_LIMIT_SQL_LENGTH, 1'000'000},
                                                       {SQLITE_LIMIT_EXPR_DEPTH, 100},
                                                       {SQLITE_LIMIT_COMPOUND_SELECT, 10},
                                                       {SQLITE_LIMIT_COLUMN, 100},
                                                       {SQLITE_LIMIT_VDBE_OP, 25'000},
                                                       {SQLITE_LIMIT_FUNCTION_ARG, 8},
                                                       {SQLITE_LIMIT_ATTACHED, 0},
                                                       {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
                                                       {SQLITE_LIMIT_WORKER_THREADS, 0}}};
  for (const auto& [which, most] : limits) sqlite3_limit(handle, which, most);
  // Mapped pages of a file that someone shortens end the process with SIGBUS.
  database.exec("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0");
  sqlite3_create_function(handle, "ravine_checksum", -1,
                          SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, nullptr, &answer_checksum,
                          nullptr, nullptr);
}

work_limit::work_limit(SQLite::Database& database) : database_(database) {
  // Reading takes at most some 0.5 instructions a byte; a plan asks some 50 for each of its trials.
  constexpr std::uint64_t at_least = 200;
  constexpr std::uint64_t bytes_a_piece = piece / 50;
  const auto pages = static_cast<std::uint64_t>(database.execAndGet("PRAGMA page_count").getInt64());
  const auto page_size = static_cast<std::uint64_t>(database.execAndGet("PRAGMA page_size").getInt64());
  most_ = at_least + pages * page_size / bytes_a_piece;
  sqlite3_progress_handler(database.getHandle(), piece, &spend, this);
}

work_limit::~work_limit() { sqlite3_progress_handler(database_.getHandle(), 0, nullptr, nullptr); }

int work_limit::spend(void* limit) {
  auto& all = *static_cast<work_limit*>(limit);
  return ++all.spent_ > all.most_ ? 1 : 0;
}

}  // namespace ravine
