#include "store/store.hpp"

#include "settings_json.hpp"
#include "store/columns.hpp"
#include "store/opened.hpp"

#include <system_error>
#include <utility>

#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {

std::string_view role_name(trial_role role) { return role == trial_role::search ? "search" : "result"; }

std::int64_t store::opened::name_id(const std::string& name) {
  if (const auto known = name_ids.find(name); known != name_ids.end()) return known->second;
  SQLite::Statement add(database, "INSERT OR IGNORE INTO metric_names (name) VALUES (?)");
  binder(add) << name;
  add.exec();
  SQLite::Statement get(database, "SELECT id FROM metric_names WHERE name = ?");
  binder(get) << name;
  get.executeStep();
  return name_ids[name] = get.getColumn(0).getInt64();
}

SQLite::Statement store::opened::ending_of() {
  const char* const limits = version < 2 ? "NULL, NULL" : "limit_seconds, limit_memory";
  return {database, fmt::format("SELECT status, {} FROM trials WHERE hash = ?", limits)};
}

void store::opened::forget_checkpoint(std::string_view hash) {
  SQLite::Statement forget(database, "DELETE FROM checkpoints WHERE hash = ?");
  binder(forget) << hash;
  forget.exec();
}

std::int64_t store::opened::insert_trial(const planned_trial& trial, const trial_result& result,
                                         const provenance& origin) {
  SQLite::Statement forget(database,
                           "DELETE FROM trials WHERE hash = ?");  // an interrupted one, with its curve
  binder(forget) << trial.hash;
  forget.exec();
  SQLite::Statement insert(database,
                           "INSERT INTO trials VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                           "?, ?, ?, ?, ?, ?, ?, ?, datetime('now'), ?, ?)");
  binder values(insert);
  values << trial.hash << to_json(trial.spec) << to_string(result.status) << result.reason << result.spent
         << result.parameters << result.state_bytes;
  const auto& target = trial.spec.evaluate.target;
  target ? values << target->metric << target->value : values.skip(2);
  result.target_reached_at ? values << *result.target_reached_at : values.skip(5);
  values << origin.machine << origin.build << std::uint64_t{origin.jobs};
  const limits_spec& limits = trial.spec.limits;
  limits.seconds > 0 ? values << limits.seconds : values.skip(1);
  limits.memory > 0 ? values << limits.memory : values.skip(1);
  insert.exec();
  return database.getLastInsertRowid();
}

void store::opened::insert_evaluations(std::int64_t id, const std::vector<evaluation>& evaluations) {
  SQLite::Statement point(database, "INSERT INTO evaluation_points VALUES (?, ?, ?, ?, ?, ?)");
  SQLite::Statement metric(database, "INSERT INTO metrics VALUES (?, ?, ?, ?)");
  for (const evaluation& each : evaluations) {
    binder(point) << id << each.at;
    point.exec();
    point.reset();
    for (const auto& [name, value] : each.metrics) {
      binder(metric) << id << each.at.steps << name_id(name) << value;
      metric.exec();
      metric.reset();
    }
  }
}

void store::opened::insert_path(std::int64_t id, const trajectory& path) {
  if (path.steps.empty()) return;
  SQLite::Statement insert(database, "INSERT INTO trajectories VALUES (?, ?, ?, ?, ?, ?)");
  binder(insert) << id << std::uint64_t{path.dimension} << path.steps << path.evaluations << path.points
                 << path.losses;
  insert.exec();
}

void store::opened::insert_planned(std::int64_t experiment, const std::vector<planned_trial>& trials) {
  SQLite::Statement insert(database, "INSERT INTO planned VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  std::uint64_t position = 0;
  for (const planned_trial& trial : trials) {
    binder(insert) << experiment << position++ << trial.hash << trial.spec.problem.label
                   << trial.spec.optimizer.label << settings_to_json(trial.spec.point).dump()
                   << trial.spec.repetition << role_name(trial.role);
    insert.exec();
    insert.reset();
  }
}

store::store(std::unique_ptr<opened> file) : opened_(std::move(file)) {}
store::store(store&&) noexcept = default;
store& store::operator=(store&&) noexcept = default;
store::~store() = default;

store store::open(const std::filesystem::path& file) {
  return with_store_errors(file, [&] {
    auto lock = std::make_unique<writer_lock>(file);
    auto now = std::make_unique<opened>(file, SQLite::OPEN_READWRITE, std::move(lock));
    prepare_for_writing(now->database, file);
    return store(std::move(now));
  });
}

store store::open_read_only(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    throw store_error(fmt::format("{}: there is no such file; ravine run makes one", file.string()));
  }
  return with_store_errors(file, [&] {
    auto now = std::make_unique<opened>(file, SQLite::OPEN_READONLY, nullptr);
    prepare_for_reading(now->database, file);
    now->version = now->database.execAndGet("PRAGMA user_version");
    return store(std::move(now));
  });
}

void store::begin(const plan& experiment) {
  with_store_errors(opened_->file, [&] {
    SQLite::Transaction planning(opened_->database);
    SQLite::Statement insert(
        opened_->database,
        "INSERT INTO experiments VALUES (NULL, ?, ?, ?, ?, datetime('now')) "
        "ON CONFLICT (name) DO UPDATE SET manifest = excluded.manifest, seed = excluded.seed, "
        "repetitions = excluded.repetitions, planned_at = excluded.planned_at RETURNING id");
    binder(insert) << experiment.name << experiment.manifest << experiment.seed << experiment.repetitions;
    insert.executeStep();
    const std::int64_t id = insert.getColumn(0).getInt64();
    insert.reset();
    SQLite::Statement forget(opened_->database, "DELETE FROM planned WHERE experiment_id = ?");
    binder(forget) << id;
    forget.exec();
    opened_->insert_planned(id, experiment.trials);
    // Of trials that no plan has any more, as after a change of a plugin.
    opened_->database.exec("DELETE FROM checkpoints WHERE hash NOT IN (SELECT hash FROM planned)");
    planning.commit();
    if (opened_->lock) opened_->lock->keep_file();
  });
}

namespace {

/// A stored trial's end, and the limits that it had; 0: none.
struct ending {
  trial_status status;
  limits_spec limits;
};

/// Whether a limit that ended a trial has been raised or taken away. A trial that had none of its own ran out
/// of the machine's memory: any limit that is given to it then is worth a try.
template <class Number>
bool is_raised(Number from, Number to) {
  return to == 0 ? from != 0 : to > from;
}

bool would_end_the_same(const ending& before, const limits_spec& now) {
  switch (before.status) {
    case trial_status::interrupted:
      return false;
    case trial_status::timed_out:
      return !is_raised(before.limits.seconds, now.seconds);
    case trial_status::out_of_memory:
      return !is_raised(before.limits.memory, now.memory);
    default:
      return true;
  }
}

/// `find` is opened::ending_of, ready for a question.
bool is_done(SQLite::Statement& find, const planned_trial& trial) {
  binder(find) << trial.hash;
  bool done = false;
  if (find.executeStep()) {
    const ending before{trial_status_from(find.getColumn(0).getString()),
                        {find.getColumn(1).getDouble(), as_unsigned(find.getColumn(2))}};
    done = would_end_the_same(before, trial.spec.limits);
  }
  find.reset();
  return done;
}

}  // namespace

bool store::has(const planned_trial& trial) const {
  return with_store_errors(opened_->file, [&] {
    SQLite::Statement find = opened_->ending_of();
    return is_done(find, trial);
  });
}

std::vector<planned_trial> store::missing(const std::vector<planned_trial>& trials) const {
  return with_store_errors(opened_->file, [&] {
    const SQLite::Transaction snapshot(opened_->database);  // one lock for all questions
    SQLite::Statement find = opened_->ending_of();
    std::vector<planned_trial> all;
    for (const planned_trial& each : trials) {
      if (!is_done(find, each)) all.push_back(each);
    }
    return all;
  });
}

void store::save_checkpoint(std::string_view hash, std::span<const std::byte> state, double seconds,
                            const provenance& origin) {
  with_store_errors(opened_->file, [&] {
    SQLite::Statement replace(opened_->database,
                              "INSERT OR REPLACE INTO checkpoints (hash, seconds, machine, build, saved_at, "
                              "state) VALUES (?, ?, ?, ?, datetime('now'), ?)");
    binder(replace) << hash << seconds << origin.machine << origin.build << state;
    replace.exec();
  });
}

std::optional<stored_checkpoint> store::checkpoint_of(std::string_view hash) const {
  return with_store_errors(opened_->file, [&]() -> std::optional<stored_checkpoint> {
    SQLite::Statement find(opened_->database,
                           "SELECT state, seconds, machine, build FROM checkpoints WHERE hash = ?");
    binder(find) << hash;
    if (!find.executeStep()) return std::nullopt;
    return stored_checkpoint{read_array<std::byte>(find.getColumn(0)), find.getColumn(1).getDouble(),
                             find.getColumn(2).getString(), find.getColumn(3).getString()};
  });
}

void store::save(const planned_trial& trial, const trial_result& result, const provenance& origin) {
  with_store_errors(opened_->file, [&] {
    SQLite::Transaction saving(opened_->database);
    const std::int64_t id = opened_->insert_trial(trial, result, origin);
    opened_->insert_evaluations(id, result.evaluations);
    opened_->insert_path(id, result.path);
    if (result.status != trial_status::interrupted) opened_->forget_checkpoint(trial.hash);
    saving.commit();
  });
}

}  // namespace ravine
