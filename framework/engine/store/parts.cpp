#include "store/columns.hpp"
#include "store/merging.hpp"
#include "store/opened.hpp"
#include "store/store.hpp"

#include <functional>
#include <string>
#include <vector>

#include <SQLiteCpp/Backup.h>
#include <fmt/format.h>

namespace ravine {
namespace {

void expect_part(merging& files, const std::string& part) {
  SQLite::Statement names(files.from.database, "SELECT name FROM experiments LIMIT 2");
  std::string found;
  while (names.executeStep()) found += (found.empty() ? "" : ", ") + as_text(names.getColumn(0));
  if (found == part) return;
  throw store_error(fmt::format("{}: it holds {}, expected the part {}", files.from.file.string(),
                                found.empty() ? "nothing" : found, part));
}

}  // namespace

merged_file store::take(const std::filesystem::path& file, const std::string& part) {
  merged_file done;
  const auto from = with_store_errors(file, [&] { return opened::reading_still(file); });
  const std::function<bool()> go_on = [] { return true; };
  merging files(*from, *opened_, go_on);
  // Whoever is told that it was taken may delete the file.
  files.write([&] { files.to.database.exec("PRAGMA synchronous = FULL"); });
  files.take_whole([&] {
    expect_part(files, part);
    merge_trials(files, done);
    merge_checkpoints(files, done);
    files.write([&] { files.to.database.exec(forget_used_checkpoints); });
  });
  return done;
}

void store::copy_to(const std::filesystem::path& copy) const {
  with_store_errors(copy, [&] {
    SQLite::Database to(copy.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    SQLite::Backup(to, opened_->database).executeStep(-1);
  });
}

std::vector<measured_cost> store::measured_costs(const std::string& experiment) const {
  return opened_->use([&] {
    SQLite::Statement& find = opened_->prepared(
        "SELECT p.problem, p.optimizer, sum(t.steps), sum(t.evaluations), sum(t.epochs), "
        "sum(t.gradient_seconds), sum(t.optimizer_seconds) FROM experiments e "
        "JOIN planned p ON p.experiment_id = e.id JOIN trials t ON t.hash = p.hash "
        "WHERE e.name = ? AND t.status <> 'interrupted' AND t.steps > 0 GROUP BY p.problem, p.optimizer");
    binder(find) << experiment;
    std::vector<measured_cost> all;
    while (find.executeStep()) {
      all.push_back({as_text(find.getColumn(0)), as_text(find.getColumn(1)), read_cost(find, 2)});
    }
    find.reset();
    return all;
  });
}

std::vector<std::string> store::processors(const std::string& experiment) const {
  return opened_->use([&] {
    SQLite::Statement& find = opened_->prepared(
        "SELECT DISTINCT o.processor FROM experiments e JOIN planned p ON p.experiment_id = e.id "
        "JOIN trials t ON t.hash = p.hash JOIN provenances o ON o.id = t.provenance_id WHERE e.name = ?");
    binder(find) << experiment;
    std::vector<std::string> all;
    while (find.executeStep()) all.push_back(as_text(find.getColumn(0)));
    find.reset();
    return all;
  });
}

}  // namespace ravine
