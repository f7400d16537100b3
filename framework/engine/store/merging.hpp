#pragma once

#include "store/merge.hpp"
#include "store/opened.hpp"

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/Transaction.h>

namespace ravine {

/// One file on its way into another one.
class merging {
 public:
  merging(store::opened& read, store::opened& written, const std::function<bool()>& go_on)
      : from(read), to(written), go_on_(go_on) {}

  /// Changes the file that is written, or asks it. Its faults are told apart from those of the one that is
  /// read.
  template <class Body>
  auto write(Body&& body) {
    try {
      return to.use(std::forward<Body>(body));
    } catch (const store_error& problem) {
      throw unwritable_results(problem.what());
    }
  }
  /// Everything or nothing: what `body` takes of the file that is read.
  template <class Body>
  void take_whole(Body&& body) {
    write([&] { to.database.exec("SAVEPOINT taken"); });
    try {
      from.use([&] {
        const SQLite::Transaction snapshot(from.database);  // a run may be writing to it
        body();
      });
    } catch (const unwritable_results&) {
      // After some faults SQLite has gone back by itself, and knows no savepoint any more.
      to.database.tryExec("ROLLBACK TO taken; RELEASE taken");
      throw;
    } catch (const error&) {
      write([&] { to.database.exec("ROLLBACK TO taken; RELEASE taken"); });
      throw;
    }
    write([&] { to.database.exec("RELEASE taken"); });
  }
  /// Throws merge_stopped if that is asked for.
  void expect_to_go_on() const;
  /// The row of the written file that says what that row of the read one does. Throws ravine::error.
  std::int64_t provenance_id(std::int64_t in_from);

  store::opened& from;
  store::opened& to;

 private:
  const std::function<bool()>& go_on_;
  std::unordered_map<std::int64_t, std::int64_t> provenances_;  // few of the read file's, not all
};

/// The trials and the checkpoints of those that have not ended.
void merge_trials(merging& files, merged_file& done);
void merge_checkpoints(merging& files, merged_file& done);
/// Of trials that have ended in another of the files.
inline constexpr const char* forget_used_checkpoints =
    "DELETE FROM checkpoints WHERE EXISTS (SELECT 1 FROM trials t WHERE t.hash = checkpoints.hash AND "
    "t.status NOT IN ('interrupted', 'lost'))";
/// Experiments with what they consist of.
void merge_plans(merging& files, merged_file& done);
void merge_stand_ins(merging& files);
void merge_range_tests(merging& files);

}  // namespace ravine
