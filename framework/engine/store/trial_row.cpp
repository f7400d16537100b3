#include "store/trial_row.hpp"

#include "store/checksum.hpp"
#include "store/columns.hpp"
#include "store/rows.hpp"
#include "trial/curve_text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <span>
#include <tuple>

#include <fmt/format.h>

namespace ravine {
namespace {

// Places in trial_row_columns.
constexpr int curve_place = 22;
constexpr int path_place = 27;

/// NULL where there is none.
template <class Number>
binder& operator<<(binder& to, const std::optional<Number>& value) {
  return value ? to << *value : to.skip(1);
}

std::span<const std::byte> span_of(std::string_view bytes) { return std::as_bytes(std::span(bytes)); }

std::uint64_t checksum_of_curve(const trial_row& trial) {
  const std::array<std::string_view, 4> parts{trial.hash, trial.spec, trial.metrics, trial.points};
  return checksum_of(parts);
}

std::uint64_t checksum_of_path(const trial_row& trial) {
  const std::array<std::string_view, 5> parts{trial.hash, trial.steps, trial.evaluations, trial.coordinates,
                                              trial.losses};
  return checksum_of(parts);
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, [](double one, double other) { return same_bits(one, other); });
}

/// Without the seconds.
bool same_cost(const cost& a, const cost& b) {
  return a.steps == b.steps && a.evaluations == b.evaluations && same_bits(a.epochs, b.epochs);
}

bool same_target(const std::optional<cost>& a, const std::optional<cost>& b) {
  return a && b ? same_cost(*a, *b) : !a && !b;
}

bool same_point(const evaluation& a, const evaluation& b) {
  return same_cost(a.at, b.at) && std::ranges::equal(a.metrics, b.metrics, [](const auto& x, const auto& y) {
           return x.first == y.first && same_bits(x.second, y.second);
         });
}

bool same_curve(const trial_row& a, const trial_row& b) {
  if (a.metrics == b.metrics && a.points == b.points) return true;
  return std::ranges::equal(from_curve_text(a.metrics, a.points), from_curve_text(b.metrics, b.points),
                            &same_point);
}

bool same_path(const trajectory& a, const trajectory& b) {
  return a.dimension == b.dimension && a.steps == b.steps && a.evaluations == b.evaluations &&
         same_bits(a.points, b.points) && same_bits(a.losses, b.losses);
}

}  // namespace

const std::string trial_row_columns =
    "t.id, t.hash, t.spec, t.status, t.reason, t.steps, t.evaluations, t.epochs, t.gradient_seconds, "
    "t.optimizer_seconds, t.parameters, t.state_bytes, t.target_metric, t.target_value, t.target_steps, "
    "t.target_evaluations, t.target_epochs, t.target_gradient_seconds, t.target_optimizer_seconds, t.jobs, "
    "t.limit_seconds, t.limit_memory, t.hash, t.spec, c.metrics, c.points, c.checksum, "
    "t.hash, p.steps, p.evaluations, p.points, p.losses, p.checksum, p.dimension, p.in_runs, p.trial_id, "
    "t.provenance_id, t.finished_at, t.scratch_bytes";

trial_row read_trial_row(SQLite::Statement& row) {
  const auto column = [&](int place) { return row.getColumn(place); };
  trial_row trial;
  trial.id = column(0).getInt64();
  trial.hash = as_text(column(1));
  trial.spec = read_spec(column(2));
  trial.result.status = trial_status_from(as_text(column(3)));
  trial.result.reason = as_text(column(4));
  trial.result.spent = read_cost(row, 5);
  trial.result.parameters = as_unsigned(column(10));
  trial.result.state_bytes = as_unsigned(column(11));
  if (!column(12).isNull()) trial.target = {as_text(column(12)), as_real(column(13))};
  if (!column(14).isNull()) trial.result.target_reached_at = read_cost(row, 14);
  trial.jobs = as_count(column(19));
  if (!column(20).isNull()) trial.limits.seconds = as_real(column(20));
  if (!column(21).isNull()) trial.limits.memory = as_unsigned(column(21));
  expect_curve(row, curve_place);
  trial.metrics = as_text(column(curve_place + 2));
  trial.points = bytes_of(column(curve_place + 3));
  if (!column(curve_place + 4).isNull()) trial.curve_checksum = as_unsigned(column(curve_place + 4));
  if (!column(path_place + 8).isNull()) {
    trial.result.path = read_path(row, path_place);
    if (!column(path_place + 5).isNull()) trial.path_checksum = as_unsigned(column(path_place + 5));
    trial.path_in_runs = as_unsigned(column(path_place + 7)) != 0;
    trial.steps = bytes_of(column(path_place + 1));
    trial.evaluations = bytes_of(column(path_place + 2));
    trial.coordinates = bytes_of(column(path_place + 3));
    trial.losses = bytes_of(column(path_place + 4));
  }
  trial.provenance_id = static_cast<std::int64_t>(as_unsigned(column(path_place + 9)));
  trial.finished_at = as_text(column(path_place + 10));
  trial.result.scratch_bytes = as_unsigned(column(path_place + 11));
  return trial;
}

run_mark read_run_mark(SQLite::Statement& row) {
  const auto column = [&](int place) { return row.getColumn(place); };
  const auto unsigned_or_none = [&](int place) {
    return column(place).isNull() ? std::nullopt : std::optional(as_unsigned(column(place)));
  };
  return {.hash = as_text(column(1)),
          .status = as_text(column(3)),
          .reason = as_text(column(4)),
          .finished_at = as_text(column(path_place + 10)),
          .spent = read_cost(row, 5),
          .parameters = as_unsigned(column(10)),
          .state_bytes = as_unsigned(column(11)),
          .scratch_bytes = as_unsigned(column(path_place + 11)),
          .limit_seconds = column(20).isNull() ? std::nullopt : std::optional(as_real(column(20))),
          .limit_memory = unsigned_or_none(21),
          .curve_checksum = unsigned_or_none(curve_place + 4),
          .path_checksum = unsigned_or_none(path_place + 5)};
}

bool has_run(store::opened& file, const run_mark& run) {
  SQLite::Statement& find = file.prepared(
      "SELECT 1 FROM trials t JOIN evaluations c ON c.trial_id = t.id "
      "LEFT JOIN trajectories p ON p.trial_id = t.id WHERE t.hash = ? AND t.status = ? AND t.reason = ? AND "
      "t.finished_at = ? AND t.steps = ? AND t.evaluations = ? AND t.epochs = ? AND t.gradient_seconds = ? "
      "AND t.optimizer_seconds = ? AND t.parameters = ? AND t.state_bytes = ? AND t.scratch_bytes = ? AND "
      "t.limit_seconds IS ? AND t.limit_memory IS ? AND c.checksum = ? AND p.checksum IS ?");
  binder values(find);
  values << run.hash << run.status << run.reason << run.finished_at << run.spent << run.parameters
         << run.state_bytes << run.scratch_bytes << run.limit_seconds << run.limit_memory
         << run.curve_checksum << run.path_checksum;
  const bool found = find.executeStep();
  find.reset();
  return found;
}

bool insert_trial_row(store::opened& to, const trial_row& trial, std::int64_t provenance_id) {
  SQLite::Statement& insert = to.prepared(
      "INSERT INTO trials (hash, spec, status, reason, steps, evaluations, epochs, gradient_seconds, "
      "optimizer_seconds, parameters, state_bytes, target_metric, target_value, target_steps, "
      "target_evaluations, target_epochs, target_gradient_seconds, target_optimizer_seconds, jobs, "
      "limit_seconds, limit_memory, provenance_id, finished_at, scratch_bytes) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (hash) DO NOTHING");
  binder values(insert);
  const trial_result& result = trial.result;
  values << trial.hash << trial.spec << to_string(result.status) << result.reason << result.spent
         << result.parameters << result.state_bytes;
  trial.target ? values << trial.target->first << trial.target->second : values.skip(2);
  result.target_reached_at ? values << *result.target_reached_at : values.skip(5);
  values << trial.jobs;
  trial.limits.seconds != 0 ? values << trial.limits.seconds : values.skip(1);
  trial.limits.memory != 0 ? values << trial.limits.memory : values.skip(1);
  values << provenance_id << trial.finished_at << result.scratch_bytes;
  if (insert.exec() == 0) return false;
  const std::int64_t id = to.database.getLastInsertRowid();
  to.execute("INSERT OR REPLACE INTO evaluations (trial_id, metrics, points, checksum) VALUES (?, ?, ?, ?)",
             id, trial.metrics, trial.points,
             trial.curve_checksum ? *trial.curve_checksum : checksum_of_curve(trial));
  if (result.path.steps.empty()) {
    to.execute("DELETE FROM trajectories WHERE trial_id = ?", id);
    return true;
  }
  to.execute(
      "INSERT OR REPLACE INTO trajectories (trial_id, dimension, steps, evaluations, points, losses, "
      "in_runs, "
      "checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      id, std::uint64_t{result.path.dimension}, span_of(trial.steps), span_of(trial.evaluations),
      span_of(trial.coordinates), span_of(trial.losses), std::uint64_t{trial.path_in_runs},
      trial.path_checksum ? *trial.path_checksum : checksum_of_path(trial));
  return true;
}

bool computed_the_same(const trial_row& a, const trial_row& b) {
  const auto counts = [](const trial_result& of) {
    return std::tie(of.status, of.parameters, of.state_bytes);
  };
  return counts(a.result) == counts(b.result) && same_cost(a.result.spent, b.result.spent) &&
         same_target(a.result.target_reached_at, b.result.target_reached_at) && same_curve(a, b) &&
         same_path(a.result.path, b.result.path);
}

std::string outcome_text(const trial_row& trial) {
  std::string text =
      fmt::format("{} after {} steps", to_string(trial.result.status), trial.result.spent.steps);
  const std::vector<evaluation> curve = from_curve_text(trial.metrics, trial.points);
  if (curve.empty()) return text;
  const auto& last = curve.back().metrics;
  for (const char* metric : {"loss", "validation_loss", "train_loss"}) {
    if (const auto found = last.find(metric); found != last.end()) {
      return text + fmt::format(", {} {}", metric, found->second);
    }
  }
  return text;
}

}  // namespace ravine
