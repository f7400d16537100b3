#include "core/settings_json.hpp"
#include "store/merging.hpp"
#include "store/rows.hpp"

#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

/// A row of the table experiments.
struct experiment_row {
  std::int64_t id = 0;
  std::string name, manifest;
  std::uint64_t seed = 0, repetitions = 0;
  std::string planned_at;
  std::optional<std::uint64_t> whole;
  std::uint64_t trials = 0;  ///< of the whole experiment

  bool has_same_manifest(const experiment_row& other) const {
    return std::tie(manifest, seed, repetitions) == std::tie(other.manifest, other.seed, other.repetitions);
  }
  /// The order in which the two come makes no difference.
  bool is_later_than(const experiment_row& other) const {
    const auto rank = [](const experiment_row& of) {
      return std::tie(of.planned_at, of.trials, of.manifest, of.seed, of.repetitions);
    };
    return rank(*this) > rank(other);
  }
};

constexpr const char* select_experiments =
    "SELECT id, name, manifest, seed, repetitions, planned_at, whole, "
    "coalesce(whole, (SELECT count(*) FROM planned WHERE experiment_id = e.id)) FROM experiments e ";

experiment_row read_experiment(SQLite::Statement& row) {
  experiment_row found;
  found.id = row.getColumn(0).getInt64();
  found.name = as_text(row.getColumn(1));
  found.manifest = as_text(row.getColumn(2));
  found.seed = as_unsigned(row.getColumn(3));
  found.repetitions = as_unsigned(row.getColumn(4));
  found.planned_at = as_text(row.getColumn(5));
  if (!row.getColumn(6).isNull()) found.whole = as_unsigned(row.getColumn(6));
  found.trials = as_unsigned(row.getColumn(7));
  return found;
}

std::optional<experiment_row> experiment_named(merging& files, const std::string& name) {
  static const std::string sql = fmt::format("{} WHERE name = ?", select_experiments);
  return files.write([&]() -> std::optional<experiment_row> {
    SQLite::Statement& find = files.to.prepared(sql);
    binder(find) << name;
    std::optional<experiment_row> found;
    if (find.executeStep()) found = read_experiment(find);
    find.reset();
    return found;
  });
}

/// In place of one of the same name, if there is one. Answers its number.
std::int64_t write_experiment(merging& files, const experiment_row& row) {
  return files.write([&] {
    SQLite::Statement& insert = files.to.prepared(
        "INSERT INTO experiments (name, manifest, seed, repetitions, planned_at, whole) "
        "VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET manifest = excluded.manifest, seed = excluded.seed, "
        "repetitions = excluded.repetitions, planned_at = excluded.planned_at, whole = excluded.whole "
        "RETURNING id");
    binder values(insert);
    values << row.name << row.manifest << row.seed << row.repetitions << row.planned_at;
    if (row.whole) values << *row.whole;
    insert.executeStep();
    const std::int64_t id = insert.getColumn(0).getInt64();
    insert.reset();
    return id;
  });
}

/// What a plan says of its trials, checked once for all repetitions of a configuration.
class planned_texts {
 public:
  /// Throws ravine::error.
  void expect_readable(const std::string& point, const std::string& shares, const SQLite::Column& targets) {
    const std::string of_targets = as_text(targets);
    if (std::tie(point, shares, of_targets) == std::tie(point_, shares_, targets_)) return;
    static_cast<void>(settings_from_json(point));
    static_cast<void>(settings_from_json(shares));
    static_cast<void>(read_targets(targets));
    point_ = point;
    shares_ = shares;
    targets_ = of_targets;
  }

 private:
  std::string point_, shares_, targets_;
};

enum class same_place { keeps, gives_way };

/// Copies a plan, row by row. `there` says what a row does that has its place already.
void copy_planned(merging& files, std::int64_t from_id, std::int64_t to_id, same_place there) {
  SQLite::Statement rows(files.from.database,
                         "SELECT position, hash, problem, optimizer, point, repetition, role, shares, "
                         "easier_targets FROM planned WHERE experiment_id = ? ORDER BY position");
  binder(rows) << from_id;
  const std::string sql = fmt::format(
      "INSERT OR {} INTO planned (experiment_id, position, hash, problem, optimizer, point, repetition, "
      "role, "
      "shares, easier_targets) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      there == same_place::keeps ? "IGNORE" : "REPLACE");
  planned_texts texts;
  std::optional<std::int64_t> last;
  while (rows.executeStep()) {
    files.expect_to_go_on();
    const auto text = [&](int place) { return as_text(rows.getColumn(place)); };
    const auto position = static_cast<std::int64_t>(as_unsigned(rows.getColumn(0)));
    if (last && position <= *last) throw error("found a trial twice in the table planned");
    last = position;
    const std::string hash = text(1), problem = text(2), optimizer = text(3), point = text(4), role = text(6),
                      shares = text(7), targets = text(8);
    const std::uint64_t repetition = as_unsigned(rows.getColumn(5));
    texts.expect_readable(point, shares, rows.getColumn(8));
    static_cast<void>(role_from(role));
    files.write([&] {
      files.to.execute(sql, to_id, position, hash, problem, optimizer, point, repetition, role, shares,
                       targets);
    });
  }
}

/// Parts of one experiment stand side by side. Of two plans of the same trial, and of two that are not of the
/// same experiment, the later one counts, as in a file that both were run into.
void merge_plan(merging& files, const experiment_row& ours, merged_file& done) {
  const std::optional<experiment_row> theirs = experiment_named(files, ours.name);
  const bool is_later = !theirs || ours.is_later_than(*theirs);
  const bool is_same = theirs && ours.has_same_manifest(*theirs);
  if (theirs && !is_same) done.replanned.push_back(ours.name);
  if (is_same && ours.trials == theirs->trials) {
    copy_planned(files, ours.id, theirs->id, is_later ? same_place::gives_way : same_place::keeps);
    experiment_row both = is_later ? ours : *theirs;
    if (!both.whole) both.whole = is_later ? theirs->whole : ours.whole;
    write_experiment(files, both);
  } else if (is_later) {
    const std::int64_t id = write_experiment(files, ours);
    files.write([&] { files.to.execute("DELETE FROM planned WHERE experiment_id = ?", id); });
    copy_planned(files, ours.id, id, same_place::keeps);
  }
}

}  // namespace

void merge_plans(merging& files, merged_file& done) {
  SQLite::Statement rows(files.from.database, fmt::format("{} ORDER BY id", select_experiments));
  std::optional<std::int64_t> last;
  while (rows.executeStep()) {
    const experiment_row ours = read_experiment(rows);
    if (last && ours.id <= *last) throw error("found an experiment twice in the table experiments");
    last = ours.id;
    merge_plan(files, ours, done);
  }
}

void merge_stand_ins(merging& files) {
  SQLite::Statement rows(files.from.database,
                         "SELECT sha256, kind, id, file, hidden, hides_shipped FROM stand_ins");
  constexpr int most = 10'000;  // as many as are read
  int count = 0;
  while (rows.executeStep()) {
    if (++count > most) throw error(fmt::format("found more than {} rows in the table stand_ins", most));
    const auto text = [&](int place) { return as_text(rows.getColumn(place)); };
    const std::string sha256 = text(0), kind = text(1), id = text(2), file = text(3), hidden = text(4);
    const bool hides_shipped = as_unsigned(rows.getColumn(5)) != 0;
    files.write([&] {
      files.to.execute("INSERT OR IGNORE INTO stand_ins VALUES (?, ?, ?, ?, ?, ?)", sha256, kind, id, file,
                       hidden, std::uint64_t{hides_shipped});
    });
  }
  const int all =
      files.write([&] { return files.to.database.execAndGet("SELECT count(*) FROM stand_ins").getInt(); });
  if (all > most) throw error(fmt::format("with its stand-ins there would be more than {}", most));
}

}  // namespace ravine
