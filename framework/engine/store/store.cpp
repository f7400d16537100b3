#include "store/store.hpp"

#include "settings_json.hpp"
#include "store/database.hpp"

#include <cstring>
#include <limits>
#include <system_error>
#include <unordered_map>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

std::int64_t as_signed(std::uint64_t number) { return static_cast<std::int64_t>(number); }
std::uint64_t as_unsigned(const SQLite::Column& column) {
  return static_cast<std::uint64_t>(column.getInt64());
}

/// SQLite knows no NaN: it keeps NULL in its place.
double as_real(const SQLite::Column& column) {
  return column.isNull() ? std::numeric_limits<double>::quiet_NaN() : column.getDouble();
}

/// Binds values to the statement's parameters one after another.
class binder {
 public:
  explicit binder(SQLite::Statement& statement) : statement_(statement) {}

  binder& operator<<(std::int64_t value) { return statement_.bind(++place_, value), *this; }
  binder& operator<<(std::uint64_t value) { return *this << as_signed(value); }
  binder& operator<<(double value) { return statement_.bind(++place_, value), *this; }
  binder& operator<<(const std::string& value) { return statement_.bind(++place_, value), *this; }
  binder& operator<<(std::string_view value) { return *this << std::string(value); }
  template <class T>
  binder& operator<<(const std::vector<T>& values) {
    statement_.bind(++place_, values.data(), static_cast<int>(values.size() * sizeof(T)));
    return *this;
  }
  binder& operator<<(const cost& spent) {
    return *this << spent.steps << spent.evaluations << spent.epochs << spent.gradient_seconds
                 << spent.optimizer_seconds;
  }
  /// Leaves that many parameters NULL.
  binder& skip(int count) { return place_ += count, *this; }

 private:
  SQLite::Statement& statement_;
  int place_ = 0;
};

/// The five columns of a cost, from `first` on.
cost read_cost(SQLite::Statement& row, int first) {
  return {.steps = as_unsigned(row.getColumn(first)),
          .evaluations = as_unsigned(row.getColumn(first + 1)),
          .epochs = row.getColumn(first + 2).getDouble(),
          .gradient_seconds = row.getColumn(first + 3).getDouble(),
          .optimizer_seconds = row.getColumn(first + 4).getDouble()};
}

template <class T>
std::vector<T> read_array(const SQLite::Column& column) {
  std::vector<T> values(static_cast<std::size_t>(column.getBytes()) / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), column.getBlob(), values.size() * sizeof(T));
  return values;
}

std::string_view role_name(trial_role role) { return role == trial_role::search ? "search" : "result"; }

constexpr const char* select_trials = R"sql(
SELECT t.id, e.name, p.problem, p.optimizer, p.point, p.repetition, t.spec, t.status, t.reason,
       t.steps, t.evaluations, t.epochs, t.gradient_seconds, t.optimizer_seconds, t.parameters, t.state_bytes,
       t.target_metric, t.target_value, t.target_steps, t.target_evaluations, t.target_epochs,
       t.target_gradient_seconds, t.target_optimizer_seconds, t.machine, t.build, t.jobs, p.role
FROM planned p JOIN experiments e ON e.id = p.experiment_id JOIN trials t ON t.hash = p.hash
ORDER BY e.id, p.position)sql";

stored_trial read_trial(SQLite::Statement& row) {
  stored_trial trial;
  trial.id = row.getColumn(0).getInt64();
  trial.experiment = row.getColumn(1).getString();
  trial.problem = row.getColumn(2).getString();
  trial.optimizer = row.getColumn(3).getString();
  trial.point = settings_from_json(row.getColumn(4).getString());
  trial.repetition = as_unsigned(row.getColumn(5));
  trial.spec = row.getColumn(6).getString();
  trial.result.status = trial_status_from(row.getColumn(7).getString());
  trial.result.reason = row.getColumn(8).getString();
  trial.result.spent = read_cost(row, 9);
  trial.result.parameters = as_unsigned(row.getColumn(14));
  trial.result.state_bytes = as_unsigned(row.getColumn(15));
  trial.target_metric = row.getColumn(16).getString();
  trial.target_value = row.getColumn(17).getDouble();
  if (!row.getColumn(18).isNull()) trial.result.target_reached_at = read_cost(row, 18);
  trial.origin = {row.getColumn(23).getString(), row.getColumn(24).getString(),
                  static_cast<unsigned>(row.getColumn(25).getInt64())};
  trial.role = row.getColumn(26).getString() == role_name(trial_role::search) ? trial_role::search
                                                                              : trial_role::result;
  return trial;
}

}  // namespace

struct store::impl {
  impl(const std::filesystem::path& given, int flags, std::unique_ptr<writer_lock> held)
      : file(given), lock(std::move(held)), database(given.string(), flags) {}

  std::int64_t name_id(const std::string& name);
  std::int64_t insert_trial(const planned_trial& trial, const trial_result& result, const provenance& origin);
  void insert_evaluations(std::int64_t id, const std::vector<evaluation>& evaluations);
  void insert_path(std::int64_t id, const trajectory& path);
  void insert_planned(std::int64_t experiment, const std::vector<planned_trial>& trials);
  void read_evaluations(std::vector<stored_trial>& trials);

  std::filesystem::path file;
  std::unique_ptr<writer_lock> lock;  // null if opened for reading; outlives the database
  SQLite::Database database;
  std::unordered_map<std::string, std::int64_t> name_ids;
};

std::int64_t store::impl::name_id(const std::string& name) {
  if (const auto known = name_ids.find(name); known != name_ids.end()) return known->second;
  SQLite::Statement add(database, "INSERT OR IGNORE INTO metric_names (name) VALUES (?)");
  binder(add) << name;
  add.exec();
  SQLite::Statement get(database, "SELECT id FROM metric_names WHERE name = ?");
  binder(get) << name;
  get.executeStep();
  return name_ids[name] = get.getColumn(0).getInt64();
}

std::int64_t store::impl::insert_trial(const planned_trial& trial, const trial_result& result,
                                       const provenance& origin) {
  SQLite::Statement forget(database,
                           "DELETE FROM trials WHERE hash = ?");  // an interrupted one, with its curve
  binder(forget) << trial.hash;
  forget.exec();
  SQLite::Statement insert(database,
                           "INSERT INTO trials VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                           "?, ?, ?, ?, ?, ?, ?, ?, datetime('now'))");
  binder values(insert);
  values << trial.hash << to_json(trial.spec) << to_string(result.status) << result.reason << result.spent
         << result.parameters << result.state_bytes;
  const auto& target = trial.spec.evaluate.target;
  target ? values << target->metric << target->value : values.skip(2);
  result.target_reached_at ? values << *result.target_reached_at : values.skip(5);
  values << origin.machine << origin.build << std::uint64_t{origin.jobs};
  insert.exec();
  return database.getLastInsertRowid();
}

void store::impl::insert_evaluations(std::int64_t id, const std::vector<evaluation>& evaluations) {
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

void store::impl::insert_path(std::int64_t id, const trajectory& path) {
  if (path.steps.empty()) return;
  SQLite::Statement insert(database, "INSERT INTO trajectories VALUES (?, ?, ?, ?, ?, ?)");
  binder(insert) << id << std::uint64_t{path.dimension} << path.steps << path.evaluations << path.points
                 << path.losses;
  insert.exec();
}

void store::impl::insert_planned(std::int64_t experiment, const std::vector<planned_trial>& trials) {
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

/// Fills in the curves of `trials`. The same trial may be part of several experiments.
void store::impl::read_evaluations(std::vector<stored_trial>& trials) {
  SQLite::Statement points(database,
                           "SELECT step, evaluations, epochs, gradient_seconds, optimizer_seconds "
                           "FROM evaluation_points WHERE trial_id = ? ORDER BY step");
  SQLite::Statement metrics(
      database,
      "SELECT m.step, n.name, m.value FROM metrics m JOIN metric_names n ON n.id = m.name_id "
      "WHERE m.trial_id = ? ORDER BY m.step");
  for (stored_trial& trial : trials) {
    std::vector<evaluation>& curve = trial.result.evaluations;
    binder(points) << trial.id;
    while (points.executeStep()) curve.push_back({read_cost(points, 0), {}});
    points.reset();
    binder(metrics) << trial.id;
    std::size_t i = 0;
    while (metrics.executeStep()) {
      const std::uint64_t step = as_unsigned(metrics.getColumn(0));
      while (i < curve.size() && curve[i].at.steps < step) ++i;
      if (i == curve.size()) break;
      curve[i].metrics[metrics.getColumn(1).getString()] = as_real(metrics.getColumn(2));
    }
    metrics.reset();
  }
}

store::store(std::unique_ptr<impl> opened) : impl_(std::move(opened)) {}
store::store(store&&) noexcept = default;
store& store::operator=(store&&) noexcept = default;
store::~store() = default;

store store::open(const std::filesystem::path& file) {
  return with_store_errors(file, [&] {
    auto lock = std::make_unique<writer_lock>(file);
    auto opened = std::make_unique<impl>(file, SQLite::OPEN_READWRITE, std::move(lock));
    prepare_for_writing(opened->database, file);
    return store(std::move(opened));
  });
}

store store::open_read_only(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    throw store_error(fmt::format("{}: there is no such file; ravine run makes one", file.string()));
  }
  return with_store_errors(file, [&] {
    auto opened = std::make_unique<impl>(file, SQLite::OPEN_READONLY, nullptr);
    prepare_for_reading(opened->database, file);
    return store(std::move(opened));
  });
}

void store::begin(const plan& experiment) {
  with_store_errors(impl_->file, [&] {
    SQLite::Transaction planning(impl_->database);
    SQLite::Statement insert(
        impl_->database,
        "INSERT INTO experiments VALUES (NULL, ?, ?, ?, ?, datetime('now')) "
        "ON CONFLICT (name) DO UPDATE SET manifest = excluded.manifest, seed = excluded.seed, "
        "repetitions = excluded.repetitions, planned_at = excluded.planned_at RETURNING id");
    binder(insert) << experiment.name << experiment.manifest << experiment.seed << experiment.repetitions;
    insert.executeStep();
    const std::int64_t id = insert.getColumn(0).getInt64();
    insert.reset();
    SQLite::Statement forget(impl_->database, "DELETE FROM planned WHERE experiment_id = ?");
    binder(forget) << id;
    forget.exec();
    impl_->insert_planned(id, experiment.trials);
    planning.commit();
  });
}

bool store::has(std::string_view hash) const {
  return with_store_errors(impl_->file, [&] {
    SQLite::Statement find(impl_->database, "SELECT 1 FROM trials WHERE hash = ? AND status <> ?");
    binder(find) << hash << to_string(trial_status::interrupted);
    return find.executeStep();
  });
}

std::optional<double> store::final_metric(std::string_view hash, const std::string& metric) const {
  return with_store_errors(impl_->file, [&]() -> std::optional<double> {
    SQLite::Statement find(impl_->database,
                           "SELECT t.status, m.value FROM trials t JOIN metrics m ON m.trial_id = t.id "
                           "JOIN metric_names n ON n.id = m.name_id WHERE t.hash = ? AND n.name = ? "
                           "ORDER BY m.step DESC LIMIT 1");
    binder(find) << hash << metric;
    if (!find.executeStep() || find.getColumn(1).isNull()) return std::nullopt;
    trial_result ending;
    ending.status = trial_status_from(find.getColumn(0).getString());
    return ending.succeeded() ? std::optional(find.getColumn(1).getDouble()) : std::nullopt;
  });
}

void store::save(const planned_trial& trial, const trial_result& result, const provenance& origin) {
  with_store_errors(impl_->file, [&] {
    SQLite::Transaction saving(impl_->database);
    const std::int64_t id = impl_->insert_trial(trial, result, origin);
    impl_->insert_evaluations(id, result.evaluations);
    impl_->insert_path(id, result.path);
    saving.commit();
  });
}

std::vector<stored_trial> store::trials() const {
  return with_store_errors(impl_->file, [&] {
    SQLite::Transaction snapshot(impl_->database);  // a run may be writing meanwhile
    std::vector<stored_trial> all;
    SQLite::Statement rows(impl_->database, select_trials);
    while (rows.executeStep()) all.push_back(read_trial(rows));
    impl_->read_evaluations(all);
    return all;
  });
}

trajectory store::trajectory_of(std::int64_t trial_id) const {
  return with_store_errors(impl_->file, [&] {
    SQLite::Statement row(
        impl_->database,
        "SELECT dimension, steps, evaluations, points, losses FROM trajectories WHERE trial_id = ?");
    binder(row) << trial_id;
    trajectory path;
    if (!row.executeStep()) return path;
    path.dimension = static_cast<std::size_t>(row.getColumn(0).getInt64());
    path.steps = read_array<std::uint64_t>(row.getColumn(1));
    path.evaluations = read_array<std::uint64_t>(row.getColumn(2));
    path.points = read_array<double>(row.getColumn(3));
    path.losses = read_array<double>(row.getColumn(4));
    return path;
  });
}

}  // namespace ravine
