#include "store/columns.hpp"
#include "store/merging.hpp"

#include <optional>
#include <string>

namespace ravine {
namespace {

std::optional<double> optional_real_in(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(as_real(column));
}

/// A row of the table range_tests.
struct range_test_row {
  std::int64_t id = 0;
  std::string experiment, problem, optimizer, fault, finished_at, refusal;
  std::optional<double> suggestion, diverged_at, steepest, tenth_of_minimum;
  double smoothing = 0;
  std::optional<std::int64_t> provenance_id;
};

range_test_row read_range_test(SQLite::Statement& row) {
  const auto text = [&](int place) { return as_text(row.getColumn(place)); };
  const auto real = [&](int place) { return optional_real_in(row.getColumn(place)); };
  range_test_row test;
  test.id = row.getColumn(0).getInt64();
  test.experiment = text(1);
  test.problem = text(2);
  test.optimizer = text(3);
  test.suggestion = real(4);
  test.diverged_at = real(5);
  test.fault = text(6);
  test.smoothing = as_real(row.getColumn(7));
  test.finished_at = text(8);
  if (!row.getColumn(9).isNull())
    test.provenance_id = static_cast<std::int64_t>(as_unsigned(row.getColumn(9)));
  test.steepest = real(10);
  test.tenth_of_minimum = real(11);
  test.refusal = text(12);
  return test;
}

/// Of two tests of the same names the later one counts. Whether this one has the place now.
bool makes_place(merging& files, const range_test_row& test) {
  return files.write([&] {
    SQLite::Statement& find = files.to.prepared(
        "SELECT id, finished_at FROM range_tests WHERE experiment = ? AND problem = ? AND optimizer = ?");
    binder(find) << test.experiment << test.problem << test.optimizer;
    if (!find.executeStep()) return true;
    const std::int64_t id = find.getColumn(0).getInt64();
    const bool is_earlier = as_text(find.getColumn(1)) < test.finished_at;
    find.reset();
    if (!is_earlier) return false;
    files.to.execute("DELETE FROM range_points WHERE test_id = ?", id);
    files.to.execute("DELETE FROM range_tries WHERE test_id = ?", id);
    files.to.execute("DELETE FROM range_tests WHERE id = ?", id);
    return true;
  });
}

std::int64_t insert_range_test(merging& files, const range_test_row& test) {
  std::optional<std::int64_t> provenance;
  if (test.provenance_id) provenance = files.provenance_id(*test.provenance_id);
  return files.write([&] {
    SQLite::Statement& insert = files.to.prepared(
        "INSERT INTO range_tests (experiment, problem, optimizer, suggestion, diverged_at, fault, smoothing, "
        "finished_at, provenance_id, steepest, tenth_of_minimum, refusal) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    binder values(insert);
    const auto bind = [&](const auto& value) { value ? values << *value : values.skip(1); };
    values << test.experiment << test.problem << test.optimizer;
    bind(test.suggestion);
    bind(test.diverged_at);
    values << test.fault << test.smoothing << test.finished_at;
    bind(provenance);
    bind(test.steepest);
    bind(test.tenth_of_minimum);
    values << test.refusal;
    insert.exec();
    return files.to.database.getLastInsertRowid();
  });
}

void copy_points(merging& files, std::int64_t from_id, std::int64_t to_id) {
  SQLite::Statement points(
      files.from.database,
      "SELECT step, lr, loss, smoothed FROM range_points WHERE test_id = ? ORDER BY step");
  binder(points) << from_id;
  std::optional<std::int64_t> last;
  while (points.executeStep()) {
    files.expect_to_go_on();
    const auto step = static_cast<std::int64_t>(as_unsigned(points.getColumn(0)));
    if (last && step <= *last) throw error("found a step twice in the table range_points");
    last = step;
    const double lr = as_real(points.getColumn(1)), loss = as_real_or_nan(points.getColumn(2)),
                 smoothed = as_real_or_nan(points.getColumn(3));
    files.write([&] {
      files.to.execute("INSERT INTO range_points VALUES (?, ?, ?, ?, ?)", to_id, step, lr, loss, smoothed);
    });
  }
}

void copy_tries(merging& files, std::int64_t from_id, std::int64_t to_id) {
  SQLite::Statement tries(files.from.database,
                          "SELECT lr, loss FROM range_tries WHERE test_id = ? ORDER BY lr");
  binder(tries) << from_id;
  std::optional<double> last;
  while (tries.executeStep()) {
    files.expect_to_go_on();
    const double lr = as_real(tries.getColumn(0)), loss = as_real_or_nan(tries.getColumn(1));
    if (last && !(lr > *last)) throw error("found a learning rate twice in the table range_tries");
    last = lr;
    files.write([&] { files.to.execute("INSERT INTO range_tries VALUES (?, ?, ?)", to_id, lr, loss); });
  }
}

}  // namespace

void merge_range_tests(merging& files) {
  SQLite::Statement rows(files.from.database,
                         "SELECT id, experiment, problem, optimizer, suggestion, diverged_at, fault, "
                         "smoothing, finished_at, provenance_id, steepest, tenth_of_minimum, refusal "
                         "FROM range_tests ORDER BY id");
  std::optional<std::int64_t> last;
  while (rows.executeStep()) {
    const range_test_row test = read_range_test(rows);
    if (last && test.id <= *last) throw error("found a range test twice in the table range_tests");
    last = test.id;
    if (!makes_place(files, test)) continue;
    const std::int64_t id = insert_range_test(files, test);
    copy_points(files, test.id, id);
    copy_tries(files, test.id, id);
  }
}

}  // namespace ravine
