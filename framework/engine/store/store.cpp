#include "store/store.hpp"

#include "core/settings_json.hpp"
#include "store/checksum.hpp"
#include "store/columns.hpp"
#include "store/opened.hpp"
#include "store/runs.hpp"
#include "trial/curve_text.hpp"
#include "trial/oom_kill.hpp"

#include <array>
#include <system_error>
#include <utility>

#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {

namespace {

template <class T>
std::string_view text_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

std::string_view role_name(trial_role role) { return role == trial_role::search ? "search" : "result"; }

std::int64_t store::opened::insert_trial(const planned_trial& trial, const std::string& spec,
                                         const trial_result& result, const provenance& origin) {
  forget_trial(trial.hash);  // an interrupted one
  SQLite::Statement& insert = prepared(
      "INSERT INTO trials VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "datetime('now'), ?, ?, ?, ?)");
  binder values(insert);
  values << trial.hash << spec << to_string(result.status) << result.reason << result.spent
         << result.parameters << result.state_bytes;
  const auto& target = trial.spec.evaluate.target;
  target ? values << target->metric << target->value : values.skip(2);
  result.target_reached_at ? values << *result.target_reached_at : values.skip(5);
  values << std::uint64_t{origin.jobs};
  const limits_spec& limits = trial.spec.limits;
  limits.seconds > 0 ? values << limits.seconds : values.skip(1);
  limits.memory > 0 ? values << limits.memory : values.skip(1);
  provenance of_trial = origin;
  of_trial.blas = result.blas.name;
  of_trial.blas_kernel = result.blas.kernel;
  values << provenance_id(of_trial) << result.scratch_bytes;
  insert.exec();
  return database.getLastInsertRowid();
}

std::int64_t store::opened::provenance_id(const provenance& origin, const std::string& described) {
  const auto with_all = [&](SQLite::Statement& statement) -> SQLite::Statement& {
    binder(statement) << origin.machine << std::uint64_t{origin.cores} << origin.node << origin.job
                      << origin.build << origin.build_sha256 << origin.revision << origin.flags << origin.libm
                      << origin.blas << origin.blas_kernel << described;
    return statement;
  };
  SQLite::Statement& find = with_all(prepared(
      "SELECT id FROM provenances WHERE processor = ? AND cores = ? AND node = ? AND job = ? AND build = ? "
      "AND build_sha256 = ? AND revision = ? AND flags = ? AND libm = ? AND blas = ? AND blas_kernel = ? AND "
      "described = ?"));
  const bool is_known = find.executeStep();
  const std::int64_t id = is_known ? find.getColumn(0).getInt64() : 0;
  find.reset();
  if (is_known) return id;
  with_all(prepared("INSERT INTO provenances VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")).exec();
  return database.getLastInsertRowid();
}

void store::opened::forget_trial(const std::string& hash) {
  SQLite::Statement& find = prepared("SELECT id FROM trials WHERE hash = ?");
  binder(find) << hash;
  if (!find.executeStep()) return;
  const std::int64_t id = find.getColumn(0).getInt64();
  find.reset();
  execute("DELETE FROM evaluations WHERE trial_id = ?", id);
  execute("DELETE FROM trajectories WHERE trial_id = ?", id);
  execute("DELETE FROM trials WHERE id = ?", id);
}

// A row of the same number is left over from a trial that someone deleted.
void store::opened::insert_evaluations(std::int64_t id, const std::string& hash, const std::string& spec,
                                       const trial_result& result) {
  const std::string metrics = curve_metrics(result.evaluations);
  const std::string made = result.curve_points.empty() ? curve_points(result.evaluations) : std::string();
  const std::string& points = made.empty() ? result.curve_points : made;
  const std::array<std::string_view, 4> parts{hash, spec, metrics, points};
  execute("INSERT OR REPLACE INTO evaluations VALUES (?, ?, ?, ?)", id, metrics, points,
          std::uint64_t{checksum_of(parts)});
}

void store::opened::insert_path(std::int64_t id, const std::string& hash, const trajectory& path) {
  if (path.steps.empty()) return execute("DELETE FROM trajectories WHERE trial_id = ?", id);
  const std::vector<std::uint64_t> steps = to_runs(path.steps);
  const std::vector<std::uint64_t> evaluations = to_runs(path.evaluations);
  const std::array<std::string_view, 5> parts{hash, text_of(steps), text_of(evaluations),
                                              text_of(path.points), text_of(path.losses)};
  execute("INSERT OR REPLACE INTO trajectories VALUES (?, ?, ?, ?, ?, ?, 1, ?)", id,
          std::uint64_t{path.dimension}, steps, evaluations, path.points, path.losses,
          std::uint64_t{checksum_of(parts)});
}

void store::opened::insert_planned(std::int64_t experiment, const plan& planned) {
  const trial_list& trials = planned.trials;
  SQLite::Statement insert(database, "INSERT OR REPLACE INTO planned VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const planned_trial* last = nullptr;  // whose texts these are
  std::string point, shares, easier_targets;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const planned_trial& trial = trials.configuration(i);
    if (&trial != last) {
      point = settings_to_json(trial.spec.point).dump();
      shares = nlohmann::json(trial.shares).dump();
      const auto& target = trial.spec.evaluate.target;
      easier_targets = nlohmann::json(target ? target->easier : std::vector<double>()).dump();
      last = &trial;
    }
    const std::uint64_t position = planned.part ? planned.part->of_trials[i] : i;
    binder(insert) << experiment << position << trials.hash(i) << trial.spec.problem.label
                   << trial.spec.optimizer.label << point << trials.repetition(i) << role_name(trial.role)
                   << shares << easier_targets;
    insert.exec();
    insert.reset();
  }
}

bool store::opened::holds_parts_of(const plan& experiment) {
  SQLite::Statement& find = prepared(
      "SELECT 1 FROM experiments e WHERE name = ? AND manifest = ? AND seed = ? AND repetitions = ? AND ? = "
      "coalesce(whole, (SELECT count(*) FROM planned WHERE experiment_id = e.id))");
  binder(find) << experiment.name << experiment.manifest << experiment.seed << experiment.repetitions
               << experiment.part->whole;
  const bool found = find.executeStep();
  find.reset();
  return found;
}

void store::opened::insert_stand_ins(const std::vector<stand_in>& used) {
  for (const stand_in& each : used) {
    execute("INSERT OR REPLACE INTO stand_ins VALUES (?, ?, ?, ?, ?, ?)", each.sha256, each.kind, each.id,
            each.file, each.hidden, std::uint64_t{each.hides_shipped});
  }
}

store::store(std::unique_ptr<opened> file) : opened_(std::move(file)) {}
store::store(store&&) noexcept = default;
store& store::operator=(store&&) noexcept = default;
store::~store() = default;

store store::open(const std::filesystem::path& file) {
  return with_store_errors(file, [&] {
    leave_out_memory_statistics();
    return store(opened::writing(file));
  });
}

store store::in_memory() {
  const std::string name = ":memory:";
  return with_store_errors(name, [&] {
    leave_out_memory_statistics();
    auto now = std::make_unique<opened>(name, name, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    prepare_for_writing(now->database, name);
    return store(std::move(now));
  });
}

store store::open_read_only(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    throw store_error(fmt::format("{}: there is no such file; ravine run makes one", file.string()));
  }
  return with_store_errors(file, [&] { return store(opened::reading(file)); });
}

namespace {

bool keeps_end_states(const plan& experiment) {
  return !experiment.trials.empty() && experiment.trials.configuration(0).spec.checkpoint_at_end;
}

}  // namespace

void store::begin(const plan& experiment) {
  opened_->use([&] {
    SQLite::Transaction planning(opened_->database);
    const bool joins_others = experiment.part && opened_->holds_parts_of(experiment);
    SQLite::Statement insert(
        opened_->database,
        "INSERT INTO experiments VALUES (NULL, ?, ?, ?, ?, datetime('now'), ?) "
        "ON CONFLICT (name) DO UPDATE SET manifest = excluded.manifest, seed = excluded.seed, "
        "repetitions = excluded.repetitions, planned_at = excluded.planned_at, whole = excluded.whole "
        "RETURNING id");
    binder values(insert);
    values << experiment.name << experiment.manifest << experiment.seed << experiment.repetitions;
    if (experiment.part) values << experiment.part->whole;
    insert.executeStep();
    const std::int64_t id = insert.getColumn(0).getInt64();
    insert.reset();
    if (!joins_others) opened_->execute("DELETE FROM planned WHERE experiment_id = ?", id);
    opened_->insert_planned(id, experiment);
    opened_->insert_stand_ins(experiment.stand_ins);
    // Of trials that no plan has any more, as after a change of a plugin; the ends of trials, which longer
    // ones go on from, are kept as long as they are asked for.
    opened_->database.exec(
        keeps_end_states(experiment)
            ? "DELETE FROM checkpoints WHERE hash NOT IN (SELECT hash FROM planned) AND hash "
              "NOT LIKE 'end of %'"
            : "DELETE FROM checkpoints WHERE hash NOT IN (SELECT hash FROM planned) AND (hash NOT LIKE 'end "
              "of %' "
              "OR (SELECT count(*) FROM experiments) = 1)");  // another experiment may ask for them
    planning.commit();
    if (opened_->lock) opened_->lock->keep_file();
  });
}

namespace {

/// Whether a limit that ended a trial has been raised or taken away. A trial that had none of its own ran out
/// of the machine's memory: any limit that is given to it then is worth a try.
template <class Number>
bool is_raised(Number from, Number to) {
  return to == 0 ? from != 0 : to > from;
}

}  // namespace

bool would_end_the_same(const ending& before, const limits_spec& now) {
  switch (before.status) {
    case trial_status::interrupted:
    case trial_status::lost:  // another command tries again
      return false;
    case trial_status::crashed:  // as older versions stored it when the whole group was asked to end
      return before.reason != "SIGTERM" && before.reason != "SIGHUP" && before.reason != "SIGINT";
    case trial_status::timed_out:
      return !is_raised(before.limits.seconds, now.seconds);
    case trial_status::out_of_memory:
      if (before.reason == oom_kill_reason) return false;  // with fewer jobs, or less beside it, it may fit
      return !is_raised(before.limits.memory, now.memory);
    default:
      return true;
  }
}

namespace {

constexpr const char* ending_of =
    "SELECT status, limit_seconds, limit_memory, reason FROM trials WHERE hash = ?";

/// `find` is ending_of, ready for a question.
bool is_done(SQLite::Statement& find, const std::string& hash, const limits_spec& limits,
             end_test is_final = &would_end_the_same) {
  binder(find) << hash;
  bool done = false;
  if (find.executeStep()) {
    ending before{trial_status_from(as_text(find.getColumn(0))), {}, {}};
    if (!find.getColumn(3).isNull()) before.reason = as_text(find.getColumn(3));
    // A limit that it did not have is NULL.
    if (!find.getColumn(1).isNull()) before.limits.seconds = as_real(find.getColumn(1));
    if (!find.getColumn(2).isNull()) before.limits.memory = as_unsigned(find.getColumn(2));
    done = is_final(before, limits);
  }
  find.reset();
  return done;
}

}  // namespace

bool store::has(const planned_trial& trial) const {
  return opened_->use([&] { return is_done(opened_->prepared(ending_of), trial.hash, trial.spec.limits); });
}

trial_list store::missing(const trial_list& trials) const {
  return opened_->use([&] { return opened_->missing(trials, &would_end_the_same); });
}

trial_list store::unfinished(const trial_list& trials) const {
  return opened_->use([&] {
    return opened_->missing(trials, [](const ending& before, const limits_spec& now) {
      return before.status == trial_status::lost || before.reason == oom_kill_reason ||
             would_end_the_same(before, now);
    });
  });
}

trial_list store::opened::missing(const trial_list& trials, end_test is_final) {
  const SQLite::Transaction snapshot(database);  // one lock for all questions
  if (SQLite::Statement any(database, "SELECT 1 FROM trials LIMIT 1"); !any.executeStep()) return trials;
  SQLite::Statement& find = prepared(ending_of);
  // As add_data_digests will find them, in a file that is only read.
  const bool undigested = has_undigested();
  const trial_list before = undigested ? without_data_digests(trials) : trial_list();
  const auto was_done = [&](std::size_t i, const trial_spec& spec) {
    return undigested && spec.problem.data && is_fixed(*spec.problem.data) &&
           is_done(find, before.hash(i), spec.limits, is_final);
  };
  trial_list all;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const trial_spec& spec = trials.configuration(i).spec;
    if (!is_done(find, trials.hash(i), spec.limits, is_final) && !was_done(i, spec)) all.append(trials, i);
  }
  return all;
}

void store::save_checkpoint(std::string_view hash, std::span<const std::byte> state, double seconds,
                            const provenance& origin) {
  opened_->use([&] {
    opened_->choose_durability();
    SQLite::Transaction saving(opened_->database);
    opened_->execute(
        "INSERT OR REPLACE INTO checkpoints (hash, seconds, provenance_id, saved_at, state) "
        "VALUES (?, ?, ?, datetime('now'), ?)",
        hash, seconds, opened_->provenance_id(origin), state);
    saving.commit();
  });
}

namespace {

/// Where the table checkpoints has them, beside those of unfinished trials.
std::string end_state_key(std::string_view lineage) { return fmt::format("end of {}", lineage); }

}  // namespace

void store::save_end_state(std::string_view lineage, std::span<const std::byte> state, double seconds,
                           const provenance& origin) {
  save_checkpoint(end_state_key(lineage), state, seconds, origin);
}

std::optional<stored_checkpoint> store::end_state_of(std::string_view lineage) const {
  return checkpoint_of(end_state_key(lineage));
}

std::optional<stored_checkpoint> store::checkpoint_of(std::string_view hash) const {
  return opened_->use([&]() -> std::optional<stored_checkpoint> {
    static const std::string sql = fmt::format(
        "SELECT c.state, c.seconds, {} FROM checkpoints c JOIN provenances o ON o.id = c.provenance_id "
        "WHERE c.hash = ?",
        provenance_columns);
    SQLite::Statement& find = opened_->prepared(sql);
    binder(find) << hash;
    std::optional<stored_checkpoint> kept;
    if (find.executeStep()) {
      kept = {read_array<std::byte>(bytes_of(find.getColumn(0))), as_real(find.getColumn(1)),
              read_provenance(find, 2)};
    }
    find.reset();
    return kept;
  });
}

void store::save(const planned_trial& trial, const trial_result& result, const provenance& origin) {
  opened_->use([&] {
    opened_->choose_durability();
    SQLite::Transaction saving(opened_->database);
    const std::string spec = to_json(trial.spec);
    const std::int64_t id = opened_->insert_trial(trial, spec, result, origin);
    opened_->insert_evaluations(id, trial.hash, spec, result);
    opened_->insert_path(id, trial.hash, result.path);
    if (result.status != trial_status::interrupted && result.status != trial_status::lost)
      opened_->execute("DELETE FROM checkpoints WHERE hash = ?", trial.hash);
    saving.commit();
  });
}

}  // namespace ravine
