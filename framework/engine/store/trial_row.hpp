#pragma once

#include "store/opened.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <SQLiteCpp/Statement.h>

namespace ravine {

/// A trial with its curve and its path, as a results file has them, to be taken into another one.
struct trial_row {
  std::int64_t id = 0;
  std::string hash;
  std::string spec;
  trial_result result;  ///< without the curve
  std::optional<std::pair<std::string, double>> target;
  limits_spec limits;
  std::uint64_t jobs = 1;
  std::string finished_at;
  std::int64_t provenance_id = 0;
  std::string metrics, points;                                 ///< the curve's texts, see curve_text
  std::optional<std::uint64_t> curve_checksum, path_checksum;  ///< as stored, if they are
  bool path_in_runs = false;
  // Of the path, as stored; valid as long as the row is the statement's.
  std::string_view steps, evaluations, coordinates, losses;

  ending end() const { return {result.status, result.reason, limits}; }
};

/// What read_trial_row needs of trials t, evaluations c and trajectories p.
extern const std::string trial_row_columns;

/// Reads a row of those columns, all of it checked. Throws ravine::error.
trial_row read_trial_row(SQLite::Statement& row);

/// What one run of a trial has in common with no other: nobody measures the same seconds twice, and the
/// checksums are of all that was saved.
struct run_mark {
  std::string hash, status, reason, finished_at;
  cost spent;
  std::uint64_t parameters, state_bytes, scratch_bytes;
  std::optional<double> limit_seconds;
  std::optional<std::uint64_t> limit_memory, curve_checksum, path_checksum;
};
/// Reads it off a row of those columns, of which it reads neither curve nor path. Throws ravine::error.
run_mark read_run_mark(SQLite::Statement& row);
/// Whether the file has that run. False where the curve has no checksum.
bool has_run(store::opened& file, const run_mark& run);

/// Saves it under that row of the table provenances, unless there is a trial of its hash. Answers whether
/// there was none.
bool insert_trial_row(store::opened& to, const trial_row& trial, std::int64_t provenance_id);

/// Whether training computed the same: everything but what clocks say, and the words for a failure.
bool computed_the_same(const trial_row& a, const trial_row& b);

/// "diverged after 7 steps, loss 0.25"
std::string outcome_text(const trial_row& trial);

}  // namespace ravine
