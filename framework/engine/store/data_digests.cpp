#include "store/columns.hpp"
#include "store/opened.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <string>

#include <SQLiteCpp/Transaction.h>

namespace ravine {
namespace {

constexpr const char* find_undigested =
    "SELECT 1 FROM trials WHERE hash = ? AND instr(spec, '\"data\":{\"use\":') > 0";

/// Whether a trial of that hash has data of an unknown digest.
bool is_undigested(SQLite::Statement& find, const std::string& hash) {
  binder(find) << hash;
  const bool found = find.executeStep();
  find.reset();
  return found;
}

}  // namespace

trial_list without_data_digests(trial_list trials) {
  trials.set_data_digests([](const data_request&) { return std::string(); });
  return trials;
}

// Looks into an index, which is empty unless an older version has written to the file.
bool store::opened::has_undigested() {
  SQLite::Statement any(database, "SELECT 1 FROM trials WHERE instr(spec, '\"data\":{\"use\":') > 0 LIMIT 1");
  return any.executeStep();
}

std::size_t store::add_data_digests(const trial_list& trials) {
  return opened_->use([&]() -> std::size_t {
    if (!opened_->has_undigested()) return 0;
    SQLite::Transaction changing(opened_->database);
    opened_->database.exec("CREATE TEMP TABLE renamed (old TEXT PRIMARY KEY, new TEXT NOT NULL)");
    std::size_t unknown = 0;
    const trial_list before = without_data_digests(trials);
    SQLite::Statement find(opened_->database, find_undigested);
    for (std::size_t i = 0; i < trials.size(); ++i) {
      const std::string hash = before.hash(i);
      if (hash == trials.hash(i) || !is_undigested(find, hash)) continue;
      if (opened_->is_stored(trials.hash(i))) continue;  // it has been run again
      if (is_fixed(*trials.configuration(i).spec.problem.data)) {
        opened_->rename_trial(hash, trials[i]);
      } else {
        ++unknown;
      }
    }
    opened_->database.exec(
        "UPDATE planned SET hash = (SELECT new FROM renamed WHERE old = hash) "
        "WHERE hash IN (SELECT old FROM renamed)");
    opened_->database.exec("DROP TABLE temp.renamed");
    changing.commit();
    return unknown;
  });
}

bool store::opened::is_stored(const std::string& hash) {
  SQLite::Statement& find = prepared("SELECT 1 FROM trials WHERE hash = ?");
  binder(find) << hash;
  const bool found = find.executeStep();
  find.reset();
  return found;
}

void store::opened::rename_trial(const std::string& from, const planned_trial& to) {
  execute("UPDATE trials SET hash = ?, spec = ? WHERE hash = ?", to.hash, to_json(to.spec), from);
  execute(
      "UPDATE evaluations SET checksum = (SELECT ravine_checksum(t.hash, t.spec, metrics, points) "
      "FROM trials t WHERE t.id = trial_id) WHERE trial_id = (SELECT id FROM trials WHERE hash = ?)",
      to.hash);
  execute("INSERT INTO temp.renamed VALUES (?, ?)", from, to.hash);
}

}  // namespace ravine
