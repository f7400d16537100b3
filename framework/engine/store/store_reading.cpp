#include "core/settings_json.hpp"
#include "store/columns.hpp"
#include "store/opened.hpp"
#include "store/rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

const std::string select_trials = fmt::format(R"sql(
SELECT t.id, e.name, p.problem, p.optimizer, p.point, p.repetition, t.spec, t.status, t.reason,
       t.steps, t.evaluations, t.epochs, t.gradient_seconds, t.optimizer_seconds, t.parameters, t.state_bytes,
       t.target_metric, t.target_value, t.target_steps, t.target_evaluations, t.target_epochs,
       t.target_gradient_seconds, t.target_optimizer_seconds, t.jobs, p.role, p.shares,
       t.hash, t.spec, c.metrics, c.points, c.checksum, p.experiment_id, p.position, p.easier_targets,
       t.scratch_bytes, {}
FROM planned p JOIN experiments e ON e.id = p.experiment_id JOIN trials t ON t.hash = p.hash
LEFT JOIN provenances o ON o.id = t.provenance_id
LEFT JOIN evaluations c ON c.trial_id = t.id
ORDER BY p.experiment_id, p.position)sql",
                                              provenance_columns);

stored_trial read_trial(SQLite::Statement& row) {
  stored_trial trial;
  trial.id = row.getColumn(0).getInt64();
  trial.experiment = as_text(row.getColumn(1));
  trial.problem = as_text(row.getColumn(2));
  trial.optimizer = as_text(row.getColumn(3));
  trial.point = settings_from_json(as_text(row.getColumn(4)));
  trial.repetition = as_unsigned(row.getColumn(5));
  trial.spec = read_spec(row.getColumn(6));
  trial.result.status = trial_status_from(as_text(row.getColumn(7)));
  trial.result.reason = as_text(row.getColumn(8));
  trial.result.spent = read_cost(row, 9);
  trial.result.parameters = as_unsigned(row.getColumn(14));
  trial.result.state_bytes = as_unsigned(row.getColumn(15));
  trial.result.scratch_bytes = as_unsigned(row.getColumn(34));
  if (!row.getColumn(16).isNull()) {
    trial.target_metric = as_text(row.getColumn(16));
    trial.target_value = as_real(row.getColumn(17));
  }
  if (!row.getColumn(18).isNull()) trial.result.target_reached_at = read_cost(row, 18);
  trial.role = role_from(as_text(row.getColumn(24)));
  for (const auto& [name, value] : settings_from_json(as_text(row.getColumn(25)))) {
    if (const auto* share = std::get_if<double>(&value)) trial.shares[name] = *share;
  }
  trial.easier_targets = read_targets(row.getColumn(33));
  trial.result.evaluations = read_curve(row, 26);
  trial.origin = read_provenance(row, 35);
  trial.origin.jobs = as_count(row.getColumn(23));
  trial.result.blas = {trial.origin.blas, trial.origin.blas_kernel};
  return trial;
}

std::vector<stand_in> read_stand_ins(SQLite::Database& database) {
  constexpr std::size_t most = 10'000;  // rows without end are no stand-ins
  SQLite::Statement rows(database, "SELECT kind, id, file, sha256, hidden, hides_shipped FROM stand_ins");
  std::vector<stand_in> all;
  while (rows.executeStep()) {
    if (all.size() == most) throw error(fmt::format("found more than {} rows in the table stand_ins", most));
    all.push_back({as_text(rows.getColumn(0)), as_text(rows.getColumn(1)), as_text(rows.getColumn(2)),
                   as_text(rows.getColumn(3)), as_text(rows.getColumn(4)),
                   as_unsigned(rows.getColumn(5)) != 0});
  }
  return all;
}

}  // namespace

std::vector<stored_trial> store::trials(const std::function<void(stored_trial&)>& shorten) const {
  return opened_->use([&] {
    std::vector<stored_trial> all;
    const std::vector<stand_in> stand_ins = read_stand_ins(opened_->database);
    SQLite::Statement rows(opened_->database, select_trials);
    std::optional<std::pair<std::int64_t, std::int64_t>> last;
    while (rows.executeStep()) {
      // Pages that lead back to earlier ones give the same rows without end.
      const std::pair place(rows.getColumn(31).getInt64(), rows.getColumn(32).getInt64());
      if (last && place <= *last) throw error("found a trial twice in the table planned");
      last = place;
      try {
        all.push_back(read_trial(rows));
        std::ranges::copy_if(stand_ins, std::back_inserter(all.back().stand_ins),
                             [&](const stand_in& each) { return is_used(each, all.back().spec); });
        if (shorten) shorten(all.back());
      } catch (const error& problem) {
        raise_trial_damage(rows.getColumn(0).getInt64(), "planned, trials or evaluations", problem.what());
      }
    }
    return all;
  });
}

std::map<trial_status, std::uint64_t> store::endings(const std::string& experiment) const {
  return opened_->use([&] {
    SQLite::Statement rows(
        opened_->database,
        "SELECT t.status, count(*) FROM planned p JOIN experiments e ON e.id = p.experiment_id "
        "JOIN trials t ON t.hash = p.hash WHERE e.name = ? GROUP BY t.status");
    binder(rows) << experiment;
    std::map<trial_status, std::uint64_t> counts;
    while (rows.executeStep()) {
      counts[trial_status_from(as_text(rows.getColumn(0)))] = as_unsigned(rows.getColumn(1));
    }
    return counts;
  });
}

std::optional<double> store::final_metric(std::string_view hash, const std::string& metric) const {
  return opened_->use([&]() -> std::optional<double> {
    SQLite::Statement& find = opened_->prepared(
        "SELECT t.status, t.hash, t.spec, c.metrics, c.points, c.checksum FROM trials t JOIN evaluations c "
        "ON "
        "c.trial_id = t.id "
        "WHERE t.hash = ?");
    binder(find) << hash;
    if (!find.executeStep()) return std::nullopt;
    trial_result found;
    found.status = trial_status_from(as_text(find.getColumn(0)));
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
  return opened_->use([&] {
    std::vector<stored_experiment> all;
    SQLite::Statement row(
        opened_->database,
        "SELECT e.name, e.manifest, e.seed, e.repetitions, e.planned_at, "
        "max(count(p.position), coalesce(e.whole, 0)), count(t.id) FILTER (WHERE t.status <> 'interrupted') "
        "FROM experiments e "
        "LEFT JOIN planned p ON p.experiment_id = e.id LEFT JOIN trials t ON t.hash = p.hash "
        "GROUP BY e.id ORDER BY e.id");
    while (row.executeStep()) {
      all.push_back({as_text(row.getColumn(0)), as_text(row.getColumn(1)), as_unsigned(row.getColumn(2)),
                     as_unsigned(row.getColumn(3)), as_text(row.getColumn(4)), as_unsigned(row.getColumn(5)),
                     as_unsigned(row.getColumn(6))});
    }
    return all;
  });
}

std::set<double> store::targets() const {
  return opened_->use([&] {
    std::set<double> all;
    SQLite::Statement easier(opened_->database, "SELECT DISTINCT easier_targets FROM planned");
    while (easier.executeStep()) {
      for (const double each : read_targets(easier.getColumn(0))) all.insert(each);
    }
    SQLite::Statement hardest(opened_->database,
                              "SELECT DISTINCT target_value FROM trials WHERE target_value IS NOT NULL");
    while (hardest.executeStep()) all.insert(as_real(hardest.getColumn(0)));
    return all;
  });
}

std::vector<evaluation> store::curve_of(std::int64_t trial_id) const {
  return opened_->use([&] {
    SQLite::Statement& row = opened_->prepared(
        "SELECT t.hash, t.spec, c.metrics, c.points, c.checksum FROM trials t JOIN evaluations c "
        "ON c.trial_id = t.id WHERE t.id = ?");
    binder(row) << trial_id;
    try {
      std::vector<evaluation> curve = row.executeStep() ? read_curve(row, 0) : std::vector<evaluation>();
      row.reset();
      return curve;
    } catch (const error& problem) {
      raise_trial_damage(trial_id, "evaluations", problem.what());
    }
  });
}

trajectory store::trajectory_of(std::int64_t trial_id) const {
  return opened_->use([&] {
    SQLite::Statement& row = opened_->prepared(
        "SELECT t.hash, p.steps, p.evaluations, p.points, p.losses, p.checksum, p.dimension, p.in_runs "
        "FROM trajectories p JOIN trials t ON t.id = p.trial_id WHERE p.trial_id = ?");
    binder(row) << trial_id;
    try {
      trajectory path = row.executeStep() ? read_path(row, 0) : trajectory();
      row.reset();
      return path;
    } catch (const error& problem) {
      raise_trial_damage(trial_id, "trajectories", problem.what());
    }
  });
}

}  // namespace ravine
