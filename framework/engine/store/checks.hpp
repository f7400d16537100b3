#pragma once

#include <filesystem>
#include <string>

#include <SQLiteCpp/Database.h>

namespace ravine {

/// Checks that the tables, indices and views are those of a file of that version, as Ravine makes them, and
/// that there is nothing else. Throws store_error.
void check_tables(SQLite::Database& database, const std::filesystem::path& file, int version);

/// Checks all pages (SQLite's quick_check). Throws store_error. 100,000 trials in 430 MB: 0.3 s.
void check_pages(SQLite::Database& database, const std::filesystem::path& file);

/// Checks that each trial has its curve, and that curves and paths are those that were saved. Throws
/// ravine::error. The same 100,000 trials: 0.3 s.
void check_curves(SQLite::Database& database);

/// Checks that the curves can be read, of a file that has no checksums of them. Throws ravine::error.
void check_curve_texts(SQLite::Database& database);

/// "in the table trials: ", the first one whose pages or rows SQLite finds damaged; empty if it finds none.
std::string damaged_table(SQLite::Database& database);

}  // namespace ravine
