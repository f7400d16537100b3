#pragma once

#include "trial/planned_trial.hpp"
#include "trial/trial_result.hpp"

#include <string>
#include <vector>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

namespace ravine {

// What several columns of a row say together. All throw ravine::error for what was not saved so.

/// From the columns of the trial's hash and specification, the metrics' names, the points and the checksum,
/// from `first` on.
std::vector<evaluation> read_curve(SQLite::Statement& row, int first);
/// Checks the same columns without making a curve of them.
void expect_curve(SQLite::Statement& row, int first);

/// From the columns of the trial's hash, the steps, evaluations, points and losses, the checksum, the
/// dimension and in_runs, from `first` on.
trajectory read_path(SQLite::Statement& row, int first);

/// The text of a trial's specification. One that is nested deeper than any is takes down whoever goes through
/// it by calling itself.
std::string read_spec(const SQLite::Column& column);

/// The targets of a plan that are easier than the one that a trial had.
std::vector<double> read_targets(const SQLite::Column& column);

/// The inverse of role_name.
trial_role role_from(const std::string& name);

}  // namespace ravine
