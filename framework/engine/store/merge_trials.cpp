#include "store/merging.hpp"
#include "store/trial_row.hpp"
#include "trial/oom_kill.hpp"

#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

/// How much the end of a trial says.
enum class standing {
  cut_off,            ///< nothing: it will be run again
  lacked_a_resource,  ///< what was not enough
  has_a_result        ///< what any other run of it gives
};

standing standing_of(const ending& end) {
  switch (end.status) {
    case trial_status::timed_out:
    case trial_status::out_of_memory:
      return standing::lacked_a_resource;
    case trial_status::interrupted:
    case trial_status::lost:
    case trial_status::crashed:
      return would_end_the_same(end, {}) ? standing::has_a_result : standing::cut_off;
    default:
      return standing::has_a_result;
  }
}

/// Whether a trial without a result is the one to keep. The order in which the two come makes no difference.
bool says_more(const trial_row& trial, const trial_row& than) {
  const auto said = [](const trial_row& of) {
    return std::tuple(of.result.reason != oom_kill_reason, of.limits.seconds, of.limits.memory,
                      of.result.spent.steps);
  };
  return said(trial) > said(than);
}

/// As a plan calls it: "rosenbrock, adam, repetition 3".
std::string name_of(merging& files, const trial_row& trial) {
  SQLite::Statement find(files.from.database,
                         "SELECT problem, optimizer, repetition FROM planned WHERE hash = ? LIMIT 1");
  binder(find) << trial.hash;
  const std::string hash = trial.hash.substr(0, 12);
  if (!find.executeStep()) return "trial " + hash;
  return fmt::format("{}, {}, {}, trial {}", as_text(find.getColumn(0)), as_text(find.getColumn(1)),
                     repetition_name(as_unsigned(find.getColumn(2))), hash);
}

/// The trial of the same hash in the file that is written.
std::optional<trial_row> counterpart_of(merging& files, const trial_row& trial) {
  static const std::string sql = fmt::format(
      "SELECT {} FROM trials t LEFT JOIN evaluations c ON c.trial_id = t.id "
      "LEFT JOIN trajectories p ON p.trial_id = t.id WHERE t.hash = ?",
      trial_row_columns);
  return files.write([&]() -> std::optional<trial_row> {
    SQLite::Statement& find = files.to.prepared(sql);
    binder(find) << trial.hash;
    std::optional<trial_row> found;
    if (find.executeStep()) found = read_trial_row(find);
    find.reset();
    return found;
  });
}

/// Answers whether there was no trial of its hash.
bool insert(merging& files, const trial_row& trial) {
  const std::int64_t provenance = files.provenance_id(trial.provenance_id);
  return files.write([&] { return insert_trial_row(files.to, trial, provenance); });
}

/// Of two trials of the same hash.
void settle(merging& files, const trial_row& trial, const trial_row& there, merged_file& done) {
  const standing ours = standing_of(trial.end()), theirs = standing_of(there.end());
  if (ours == standing::has_a_result && theirs == standing::has_a_result) {
    if (computed_the_same(trial, there)) return;
    if (done.conflicts++ == 0) {
      done.conflict =
          fmt::format("{}: {}, and {}", name_of(files, trial), outcome_text(there), outcome_text(trial));
    }
  } else if (ours > theirs || (ours == theirs && says_more(trial, there))) {
    files.write([&] { files.to.forget_trial(trial.hash); });
    insert(files, trial);
    ++done.replaced;
    ++done.endings[trial.result.status];
  }
}

}  // namespace

void merge_trials(merging& files, merged_file& done) {
  SQLite::Statement rows(files.from.database,
                         fmt::format("SELECT {} FROM trials t LEFT JOIN evaluations c ON c.trial_id = t.id "
                                     "LEFT JOIN trajectories p ON p.trial_id = t.id ORDER BY t.id",
                                     trial_row_columns));
  bool is_known = true;  // what the trial before says of this one: what was taken before stands at the start
  std::optional<std::int64_t> last;
  while (rows.executeStep()) {
    files.expect_to_go_on();
    const std::int64_t id = rows.getColumn(0).getInt64();
    // Pages that lead back to earlier ones give the same rows without end.
    if (last && id <= *last) throw error("found a trial twice in the table trials");
    last = id;
    try {
      ++done.trials;
      if (is_known) {
        const run_mark mark = read_run_mark(rows);
        if (files.write([&] { return has_run(files.to, mark); })) continue;
      }
      const trial_row trial = read_trial_row(rows);
      is_known = !insert(files, trial);
      if (!is_known) {
        ++done.added;
        ++done.endings[trial.result.status];
      } else if (const auto there = counterpart_of(files, trial)) {
        settle(files, trial, *there, done);
      }
    } catch (const store_error&) {
      throw;
    } catch (const error& problem) {
      raise_trial_damage(id, "trials, evaluations or trajectories", problem.what());
    }
  }
}

void merge_checkpoints(merging& files, merged_file& done) {
  SQLite::Statement rows(files.from.database,
                         "SELECT id, hash, seconds, saved_at, state, provenance_id FROM checkpoints ORDER BY "
                         "id");
  std::optional<std::int64_t> last;
  while (rows.executeStep()) {
    files.expect_to_go_on();
    const std::int64_t id = rows.getColumn(0).getInt64();
    if (last && id <= *last) throw error("found a checkpoint twice in the table checkpoints");
    last = id;
    const std::string hash = as_text(rows.getColumn(1)), saved_at = as_text(rows.getColumn(3));
    const double seconds = as_real(rows.getColumn(2));
    const std::int64_t provenance =
        files.provenance_id(static_cast<std::int64_t>(as_unsigned(rows.getColumn(5))));
    files.write([&] {
      SQLite::Statement& further = files.to.prepared(
          "SELECT 1 FROM trials WHERE hash = ?1 AND status NOT IN ('interrupted', 'lost') UNION ALL "
          "SELECT 1 FROM checkpoints WHERE hash = ?1 AND seconds >= ?2");
      binder(further) << hash << seconds;
      const bool is_needed = !further.executeStep();
      further.reset();
      if (!is_needed) return;
      ++done.checkpoints;
      files.to.execute(
          "INSERT OR REPLACE INTO checkpoints (hash, seconds, saved_at, state, provenance_id) "
          "VALUES (?, ?, ?, ?, ?)",
          hash, seconds, saved_at, std::as_bytes(std::span(bytes_of(rows.getColumn(4)))), provenance);
    });
  }
}

}  // namespace ravine
