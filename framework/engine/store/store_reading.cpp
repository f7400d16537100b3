#include "settings_json.hpp"
#include "store/columns.hpp"
#include "store/opened.hpp"
#include "store/runs.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <SQLiteCpp/Transaction.h>

namespace ravine {
namespace {

constexpr const char* select_trials = R"sql(
SELECT t.id, e.name, p.problem, p.optimizer, p.point, p.repetition, t.spec, t.status, t.reason,
       t.steps, t.evaluations, t.epochs, t.gradient_seconds, t.optimizer_seconds, t.parameters, t.state_bytes,
       t.target_metric, t.target_value, t.target_steps, t.target_evaluations, t.target_epochs,
       t.target_gradient_seconds, t.target_optimizer_seconds, t.machine, t.build, t.jobs, p.role, t.cores, p.shares
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
                  static_cast<unsigned>(row.getColumn(25).getInt64()),
                  static_cast<unsigned>(row.getColumn(27).getInt64())};
  trial.role = row.getColumn(26).getString() == role_name(trial_role::search) ? trial_role::search
                                                                              : trial_role::result;
  for (const auto& [name, value] : settings_from_json(row.getColumn(28).getString())) {
    if (const auto* share = std::get_if<double>(&value)) trial.shares[name] = *share;
  }
  return trial;
}

/// Which of the trials, by their row in the file: sorted, as the curves are.
std::vector<std::pair<std::int64_t, std::size_t>> by_id(const std::vector<stored_trial>& trials) {
  std::vector<std::pair<std::int64_t, std::size_t>> places;
  places.reserve(trials.size());
  for (std::size_t i = 0; i < trials.size(); ++i) places.emplace_back(trials[i].id, i);
  std::ranges::sort(places);
  return places;
}

std::unordered_map<std::int64_t, std::string> metric_names(SQLite::Database& database) {
  std::unordered_map<std::int64_t, std::string> names;
  SQLite::Statement all(database, "SELECT id, name FROM metric_names");
  while (all.executeStep()) names[all.getColumn(0).getInt64()] = all.getColumn(1).getString();
  return names;
}

}  // namespace

// One walk over each table, in the order of its key, instead of two queries for each trial.
void store::opened::read_evaluations(std::vector<stored_trial>& trials) {
  const auto places = by_id(trials);
  if (places.empty()) return;
  const auto names = metric_names(database);
  const auto bounded = [&](const char* query) {
    SQLite::Statement rows(database, query);
    binder(rows) << places.front().first << places.back().first;
    return rows;
  };
  SQLite::Statement points = bounded(
      "SELECT trial_id, step, evaluations, epochs, gradient_seconds, optimizer_seconds FROM "
      "evaluation_points "
      "WHERE trial_id BETWEEN ? AND ? ORDER BY trial_id, step");
  SQLite::Statement metrics = bounded(
      "SELECT trial_id, step, name_id, value FROM metrics WHERE trial_id BETWEEN ? AND ? "
      "ORDER BY trial_id, step");
  bool more_points = points.executeStep();
  bool more_metrics = metrics.executeStep();
  std::vector<evaluation> curve;
  for (std::size_t i = 0; i < places.size();) {
    const std::int64_t id = places[i].first;
    curve.clear();
    for (; more_points && points.getColumn(0).getInt64() <= id; more_points = points.executeStep()) {
      if (points.getColumn(0).getInt64() == id) curve.push_back({read_cost(points, 1), {}});
    }
    std::size_t at = 0;
    for (; more_metrics && metrics.getColumn(0).getInt64() <= id; more_metrics = metrics.executeStep()) {
      if (metrics.getColumn(0).getInt64() != id) continue;
      const std::uint64_t step = as_unsigned(metrics.getColumn(1));
      while (at < curve.size() && curve[at].at.steps < step) ++at;
      const auto name = names.find(metrics.getColumn(2).getInt64());
      if (at == curve.size() || curve[at].at.steps != step || name == names.end()) continue;
      curve[at].metrics.emplace_hint(curve[at].metrics.end(), name->second, as_real(metrics.getColumn(3)));
    }
    for (; i + 1 < places.size() && places[i + 1].first == id; ++i) {
      trials[places[i].second].result.evaluations = curve;
    }
    trials[places[i++].second].result.evaluations = std::move(curve);
  }
}

std::vector<stored_trial> store::trials() const {
  return with_store_errors(opened_->file, [&] {
    SQLite::Transaction snapshot(opened_->database);  // a run may be writing meanwhile
    std::vector<stored_trial> all;
    SQLite::Statement rows(opened_->database, select_trials);
    while (rows.executeStep()) all.push_back(read_trial(rows));
    opened_->read_evaluations(all);
    return all;
  });
}

std::map<trial_status, std::uint64_t> store::endings(const std::string& experiment) const {
  return with_store_errors(opened_->file, [&] {
    SQLite::Statement rows(
        opened_->database,
        "SELECT t.status, count(*) FROM planned p JOIN experiments e ON e.id = p.experiment_id "
        "JOIN trials t ON t.hash = p.hash WHERE e.name = ? GROUP BY t.status");
    binder(rows) << experiment;
    std::map<trial_status, std::uint64_t> counts;
    while (rows.executeStep()) {
      counts[trial_status_from(rows.getColumn(0).getString())] = as_unsigned(rows.getColumn(1));
    }
    return counts;
  });
}

std::optional<double> store::final_metric(std::string_view hash, const std::string& metric) const {
  return with_store_errors(opened_->file, [&]() -> std::optional<double> {
    SQLite::Statement find(opened_->database,
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

std::vector<stored_experiment> store::experiments() const {
  return with_store_errors(opened_->file, [&] {
    std::vector<stored_experiment> all;
    SQLite::Statement row(
        opened_->database,
        "SELECT e.name, e.manifest, e.seed, e.repetitions, e.planned_at, "
        "count(p.position), count(t.id) FROM experiments e "
        "LEFT JOIN planned p ON p.experiment_id = e.id LEFT JOIN trials t ON t.hash = p.hash "
        "GROUP BY e.id ORDER BY e.id");
    while (row.executeStep()) {
      all.push_back({row.getColumn(0).getString(), row.getColumn(1).getString(),
                     as_unsigned(row.getColumn(2)), as_unsigned(row.getColumn(3)),
                     row.getColumn(4).getString(), as_unsigned(row.getColumn(5)),
                     as_unsigned(row.getColumn(6))});
    }
    return all;
  });
}

trajectory store::trajectory_of(std::int64_t trial_id) const {
  return with_store_errors(opened_->file, [&] {
    SQLite::Statement row(
        opened_->database,
        "SELECT dimension, steps, evaluations, points, losses, in_runs FROM trajectories WHERE trial_id = ?");
    binder(row) << trial_id;
    trajectory path;
    if (!row.executeStep()) return path;
    path.dimension = static_cast<std::size_t>(row.getColumn(0).getInt64());
    path.steps = read_array<std::uint64_t>(row.getColumn(1));
    path.evaluations = read_array<std::uint64_t>(row.getColumn(2));
    path.points = read_array<double>(row.getColumn(3));
    path.losses = read_array<double>(row.getColumn(4));
    if (row.getColumn(5).getInt() != 0) {
      path.steps = from_runs(path.steps, path.losses.size());
      path.evaluations = from_runs(path.evaluations, path.losses.size());
    }
    return path;
  });
}

}  // namespace ravine
