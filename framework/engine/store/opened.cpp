#include "store/opened.hpp"

#include <chrono>
#include <utility>

#include <sqlite3.h>

namespace ravine {

store::opened::opened(const std::filesystem::path& given, const std::string& address, int flags)
    : file(given), database(address, flags | SQLite::OPEN_NOMUTEX, busy_milliseconds) {}

std::unique_ptr<store::opened> store::opened::writing(const std::filesystem::path& given) {
  return writing(given, std::make_unique<writer_lock>(given));
}

std::unique_ptr<store::opened> store::opened::writing(const std::filesystem::path& given,
                                                      std::unique_ptr<writer_lock> lock) {
  auto now = std::make_unique<opened>(given, given.string(), SQLite::OPEN_READWRITE);
  now->lock = std::move(lock);
  now->journaling = prepare_for_writing(now->database, given);
  return now;
}

std::unique_ptr<store::opened> store::opened::reading(std::unique_ptr<opened> now, older_files older) {
  now->limit.emplace(now->database);
  prepare_for_reading(now->database, now->file, older);
  now->database.exec("PRAGMA query_only = ON");
  now->limit.emplace(now->database);  // it may be a copy by now
  return now;
}

std::unique_ptr<store::opened> store::opened::reading(const std::filesystem::path& given, older_files older) {
  check_is_results_file(given);
  try {
    // Who may only read leaves the files behind that SQLite makes beside it.
    return reading(std::make_unique<opened>(given, given.string(), SQLite::OPEN_READWRITE), older);
  } catch (const SQLite::Exception& problem) {
    const int code = problem.getErrorCode();
    if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || !is_complete(given)) throw;
  }
  auto still = std::make_unique<still_file>(given);
  auto now =
      std::make_unique<opened>(given, still_file::address(given), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
  now->still = std::move(still);
  return reading(std::move(now), older);
}

std::unique_ptr<store::opened> store::opened::reading_still(const std::filesystem::path& given) {
  check_is_results_file(given);
  return reading(
      std::make_unique<opened>(given, still_file::address(given), SQLite::OPEN_READONLY | SQLite::OPEN_URI),
      older_files::with_views);
}

SQLite::Statement& store::opened::prepared(const std::string& sql) {
  const auto [place, is_new] = statements.try_emplace(sql, database, sql);
  if (!is_new) {
    place->second.tryReset();  // answers how the last execution ended, which was told then
    place->second.clearBindings();
  }
  return place->second;
}

void store::opened::choose_durability() {
  if (journaling == journal_mode::rollback) return;  // FULL, as it is from the start
  using namespace std::chrono_literals;
  const auto now = std::chrono::steady_clock::now();
  const bool waits = now - last_synchronized >= 1s;
  database.exec(waits ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  if (waits) last_synchronized = now;
}

}  // namespace ravine
