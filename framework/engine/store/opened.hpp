#pragma once

#include "store/columns.hpp"
#include "store/database.hpp"
#include "store/errors.hpp"
#include "store/guard.hpp"
#include "store/store.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace ravine {

/// A stored trial's end, and the limits that it had; 0: none.
struct ending {
  trial_status status;
  std::string reason;
  limits_spec limits;
};
/// Whether a trial that ended so before would do so again under those limits.
using end_test = bool (*)(const ending& before, const limits_spec& now);

/// An opened results file.
struct store::opened {
  /// SQLite's own locks are left out: one thread uses a store.
  opened(const std::filesystem::path& given, const std::string& address, int flags);
  static std::unique_ptr<opened> writing(const std::filesystem::path& given);
  static std::unique_ptr<opened> writing(const std::filesystem::path& given,
                                         std::unique_ptr<writer_lock> lock);
  static std::unique_ptr<opened> reading(const std::filesystem::path& given,
                                         older_files older = older_files::with_views);
  /// Without locks and files beside it: nobody writes to this one.
  static std::unique_ptr<opened> reading_still(const std::filesystem::path& given);

  static std::unique_ptr<opened> reading(std::unique_ptr<opened> now, older_files older);

  /// Answers one question, or makes one change. SQLite's errors become store_error.
  template <class Body>
  auto use(Body&& body) {
    if (limit) limit->renew();
    return with_store_errors(file, std::forward<Body>(body), database);
  }
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

  /// Those of the trials that have no end that is final.
  trial_list missing(const trial_list& trials, end_test is_final);
  /// Whether there are trials whose data's digest is not known.
  bool has_undigested();
  /// Whether there is a trial of that hash, however it ended.
  bool is_stored(const std::string& hash);
  /// Gives a stored trial another identity, which none has, and notes it in the table temp.renamed.
  void rename_trial(const std::string& from, const planned_trial& to);
  void forget_trial(const std::string& hash);
  std::int64_t insert_trial(const planned_trial& trial, const std::string& spec, const trial_result& result,
                            const provenance& origin);
  /// The row that says so, made if there is none. `described` is what an older version wrote of the machine.
  std::int64_t provenance_id(const provenance& origin, const std::string& described = "");
  void insert_evaluations(std::int64_t id, const std::string& hash, const std::string& spec,
                          const trial_result& result);
  void insert_path(std::int64_t id, const std::string& hash, const trajectory& path);
  void insert_planned(std::int64_t experiment, const plan& planned);
  /// Whether the file has other parts of the same experiment, or all of it.
  bool holds_parts_of(const plan& experiment);
  void insert_stand_ins(const std::vector<stand_in>& used);

  std::filesystem::path file;
  std::unique_ptr<writer_lock> lock;  // null if opened for reading; outlives the database
  std::unique_ptr<still_file> still;  // null but on read-only media
  SQLite::Database database;
  std::optional<work_limit> limit;                                // none once the whole file has been checked
  std::unordered_map<std::string, SQLite::Statement> statements;  // goes before the database
  journal_mode journaling = journal_mode::wal;                    // of who writes
  std::chrono::steady_clock::time_point last_synchronized{};
};

std::string_view role_name(trial_role role);
/// Whether a trial that ended so before would do so again under those limits.
bool would_end_the_same(const ending& before, const limits_spec& now);
/// The trials as they were known before data had digests.
trial_list without_data_digests(trial_list trials);

}  // namespace ravine
