#pragma once

#include "store/merge.hpp"
#include "unit/store/store_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace ravine::testing {

namespace fs = std::filesystem;

inline trial_result result_with(trial_status status, std::uint64_t steps = 7) {
  trial_result result = full_result();
  result.status = status;
  result.spent.steps = steps;
  return result;
}

struct store_merge : results_file_test {
  fs::path merged = folder.path() / "merged.db";

  fs::path named(const std::string& name) const { return folder.path() / (name + ".db"); }
  /// A file with one trial in it.
  fs::path make_file(const std::string& name, const planned_trial& trial, const trial_result& result) const {
    store results = store::open(named(name));
    results.begin(plan_of({trial}));
    results.save(trial, result, origin);
    return named(name);
  }
  fs::path make_file(const std::string& name, trial_status status, std::uint64_t steps = 7) const {
    return make_file(name, trial_named("adam"), result_with(status, steps));
  }
  std::vector<merged_file> merge(const std::vector<fs::path>& inputs) const {
    results_merge all(merged, [] { return true; });
    std::vector<merged_file> taken;
    for (const fs::path& each : inputs) taken.push_back(all.take(each));
    all.finish();
    return taken;
  }
  std::vector<std::string> rows(const std::string& sql, const std::optional<fs::path>& in = {}) const {
    const SQLite::Database database(in.value_or(merged).string());
    SQLite::Statement statement(database, sql);
    std::vector<std::string> all;
    while (statement.executeStep()) {
      std::string row;
      for (int i = 0; i < statement.getColumnCount(); ++i) {
        row += (i == 0 ? "" : "|") + statement.getColumn(i).getString();
      }
      all.push_back(row);
    }
    return all;
  }
  /// All that a file says, without its own numbers of rows.
  std::vector<std::string> content(const std::optional<fs::path>& in = {}) const {
    std::vector<std::string> all;
    for (const char* sql :
         {"SELECT name, manifest, seed, repetitions, planned_at, whole FROM experiments",
          "SELECT e.name, position, hash, problem, optimizer, point, repetition, role, shares, "
          "easier_targets "
          "FROM planned p JOIN experiments e ON e.id = experiment_id",
          "SELECT t.*, e.metrics, e.points, e.checksum, p.dimension, hex(p.steps), hex(p.evaluations), "
          "hex(p.points), hex(p.losses), p.in_runs, p.checksum, o.* FROM trials t "
          "JOIN evaluations e ON e.trial_id = t.id LEFT JOIN trajectories p ON p.trial_id = t.id "
          "JOIN provenances o ON o.id = t.provenance_id",
          "SELECT hash, seconds, saved_at, hex(state), o.* FROM checkpoints c "
          "JOIN provenances o ON o.id = c.provenance_id",
          "SELECT * FROM stand_ins",
          "SELECT * FROM range_tests t JOIN provenances o ON o.id = t.provenance_id",
          "SELECT * FROM range_points", "SELECT * FROM range_tries"}) {
      std::vector<std::string> some = rows(sql, in);
      std::ranges::sort(some);
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
  std::string status() const { return rows("SELECT status || ' ' || steps FROM trials").at(0); }
  std::string fault_of_taking(const fs::path& input) const {
    results_merge all(merged, [] { return true; });
    try {
      all.take(input);
    } catch (const unwritable_results& problem) {
      return std::string("unwritable: ") + problem.what();
    } catch (const store_error& problem) {
      return problem.what();
    }
    return "nothing is wrong";
  }
};

/// A file of everything that there is.
inline void fill(const fs::path& file) {
  store results = store::open(file);
  const planned_trial whole = trial_named("adam", 0), begun = trial_named("adam", 1),
                      none = trial_named("sgd");
  plan all = plan_of({whole, begun, none});
  all.stand_ins = {{"optimizer", "adam", "/home/a/adam.so", "optimizer hash", "/usr/adam.so", true}};
  results.begin(all);
  results.save(whole, full_result(), origin);
  results.save(begun, result_with(trial_status::interrupted, 3),
               {"another cpu", "a build", 1, 4, "n1", "job 7"});
  results.save_checkpoint(begun.hash, bytes_of("state"), 1.5, origin);
  range_curve curve{{{0.1, 2, 2}, {0.2, 1, std::nan("")}}, 0.1, {}, ""};
  curve.tries = {{0.05, 1}, {0.1, std::nan("")}};
  curve.steepest = 0.2;
  curve.refusal = "no";
  results.save({"e", "valley", "adam", 0.5, curve}, origin);
}

}  // namespace ravine::testing
