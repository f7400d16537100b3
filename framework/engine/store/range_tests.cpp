#include "store/columns.hpp"
#include "store/opened.hpp"
#include "store/store.hpp"

#include <optional>

#include <SQLiteCpp/Transaction.h>

namespace ravine {
namespace {

binder& operator<<(binder& to, const std::optional<double>& value) {
  return value ? to << *value : to.skip(1);
}

std::optional<double> optional_real(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(as_real(column));
}

}  // namespace

void store::save(const stored_range_test& test, const provenance& origin) {
  opened_->use([&] {
    opened_->choose_durability();
    SQLite::Transaction saving(opened_->database);
    opened_->execute(
        "DELETE FROM range_points WHERE test_id IN "
        "(SELECT id FROM range_tests WHERE experiment = ? AND problem = ? AND optimizer = ?)",
        test.experiment, test.problem, test.optimizer);
    opened_->execute(
        "DELETE FROM range_tries WHERE test_id IN "
        "(SELECT id FROM range_tests WHERE experiment = ? AND problem = ? AND optimizer = ?)",
        test.experiment, test.problem, test.optimizer);
    opened_->execute("DELETE FROM range_tests WHERE experiment = ? AND problem = ? AND optimizer = ?",
                     test.experiment, test.problem, test.optimizer);
    SQLite::Statement& insert = opened_->prepared(
        "INSERT INTO range_tests VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, datetime('now'), ?, ?, ?, ?)");
    binder values(insert);
    values << test.experiment << test.problem << test.optimizer;
    values << test.curve.suggestion << test.curve.diverged_at;
    values << test.curve.fault << test.smoothing << opened_->provenance_id(origin);
    values << test.curve.steepest << test.curve.tenth_of_minimum;
    values << test.curve.refusal;
    insert.exec();
    const std::int64_t id = opened_->database.getLastInsertRowid();
    std::uint64_t step = 0;
    for (const range_point& point : test.curve.points) {
      opened_->execute("INSERT INTO range_points VALUES (?, ?, ?, ?, ?)", id, ++step, point.lr, point.loss,
                       point.smoothed);
    }
    for (const range_try& each : test.curve.tries) {
      opened_->execute("INSERT INTO range_tries VALUES (?, ?, ?)", id, each.lr, each.loss);
    }
    saving.commit();
    if (opened_->lock) opened_->lock->keep_file();
  });
}

std::vector<stored_range_test> store::range_tests() const {
  return opened_->use([&] {
    const SQLite::Transaction snapshot(opened_->database);
    SQLite::Statement rows(opened_->database,
                           "SELECT id, experiment, problem, optimizer, suggestion, diverged_at, fault, "
                           "smoothing, steepest, tenth_of_minimum, refusal FROM range_tests ORDER BY id");
    SQLite::Statement points(opened_->database,
                             "SELECT lr, loss, smoothed FROM range_points WHERE test_id = ? ORDER BY step");
    SQLite::Statement tries(opened_->database,
                            "SELECT lr, loss FROM range_tries WHERE test_id = ? ORDER BY lr");
    std::vector<stored_range_test> all;
    while (rows.executeStep()) {
      stored_range_test& test = all.emplace_back();
      test.experiment = as_text(rows.getColumn(1));
      test.problem = as_text(rows.getColumn(2));
      test.optimizer = as_text(rows.getColumn(3));
      test.smoothing = as_real(rows.getColumn(7));
      test.curve.suggestion = optional_real(rows.getColumn(4));
      test.curve.diverged_at = optional_real(rows.getColumn(5));
      test.curve.fault = as_text(rows.getColumn(6));
      binder(points) << rows.getColumn(0).getInt64();
      while (points.executeStep()) {
        test.curve.points.push_back({as_real(points.getColumn(0)), as_real_or_nan(points.getColumn(1)),
                                     as_real_or_nan(points.getColumn(2))});
      }
      points.reset();
      test.curve.steepest = optional_real(rows.getColumn(8));
      test.curve.tenth_of_minimum = optional_real(rows.getColumn(9));
      test.curve.refusal = as_text(rows.getColumn(10));
      binder(tries) << rows.getColumn(0).getInt64();
      while (tries.executeStep()) {
        test.curve.tries.push_back({as_real(tries.getColumn(0)), as_real_or_nan(tries.getColumn(1))});
      }
      tries.reset();
    }
    return all;
  });
}

}  // namespace ravine
