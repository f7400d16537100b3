#include "core/settings_json.hpp"
#include "store/columns.hpp"
#include "store/curve_text.hpp"
#include "store/opened.hpp"
#include "store/runs.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ravine {
namespace {

constexpr const char* select_trials = R"sql(
SELECT t.id, e.name, p.problem, p.optimizer, p.point, p.repetition, t.spec, t.status, t.reason,
       t.steps, t.evaluations, t.epochs, t.gradient_seconds, t.optimizer_seconds, t.parameters, t.state_bytes,
       t.target_metric, t.target_value, t.target_steps, t.target_evaluations, t.target_epochs,
       t.target_gradient_seconds, t.target_optimizer_seconds, t.machine, t.build, t.jobs, p.role, t.cores, p.shares,
       c.metrics, c.points
FROM planned p JOIN experiments e ON e.id = p.experiment_id JOIN trials t ON t.hash = p.hash
JOIN evaluations c ON c.trial_id = t.id
ORDER BY e.id, p.position)sql";

/// From the column of the metrics' names and the next one.
std::vector<evaluation> read_curve(SQLite::Statement& row, int first) {
  const auto text = [&](int column) {
    const SQLite::Column value = row.getColumn(column);
    const char* const begin = value.getText();  // before its length is asked for
    return std::string_view(begin, static_cast<std::size_t>(value.getBytes()));
  };
  return from_curve_text(text(first), text(first + 1));
}

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
  trial.result.evaluations = read_curve(row, 29);
  return trial;
}

}  // namespace

std::vector<stored_trial> store::trials() const {
  return with_store_errors(opened_->file, [&] {
    std::vector<stored_trial> all;
    SQLite::Statement rows(opened_->database, select_trials);
    while (rows.executeStep()) all.push_back(read_trial(rows));
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
    SQLite::Statement& find = opened_->prepared(
        "SELECT t.status, c.metrics, c.points FROM trials t JOIN evaluations c ON c.trial_id = t.id "
        "WHERE t.hash = ?");
    binder(find) << hash;
    if (!find.executeStep()) return std::nullopt;
    trial_result found;
    found.status = trial_status_from(find.getColumn(0).getString());
    found.evaluations = read_curve(find, 1);
    find.reset();
    if (!found.succeeded()) return std::nullopt;
    const auto& all = found.evaluations;
    const auto last = std::find_if(all.rbegin(), all.rend(),
                                   [&](const evaluation& each) { return each.metrics.contains(metric); });
    if (last == all.rend() || std::isnan(last->metrics.at(metric))) return std::nullopt;
    return last->metrics.at(metric);
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
