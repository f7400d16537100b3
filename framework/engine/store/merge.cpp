#include "store/merge.hpp"

#include "store/merging.hpp"
#include "store/unnamed_file.hpp"

#include <cstddef>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace ravine {
void merging::expect_to_go_on() const {
  if (!go_on_()) throw merge_stopped(from.file.string() + ": it is not taken, since that was asked for");
}

std::int64_t merging::provenance_id(std::int64_t in_from) {
  if (const auto known = provenances_.find(in_from); known != provenances_.end()) return known->second;
  static const std::string sql =
      fmt::format("SELECT {}, o.described FROM provenances o WHERE o.id = ?", provenance_columns);
  SQLite::Statement& find = from.prepared(sql);
  binder(find) << in_from;
  if (!find.executeStep()) throw error(fmt::format("there is no row {} in the table provenances", in_from));
  const provenance origin = read_provenance(find, 0);
  const std::string described = as_text(find.getColumn(11));
  find.reset();
  const std::int64_t in_to = write([&] { return to.provenance_id(origin, described); });
  constexpr std::size_t most = 1000;  // nodes and jobs of one file, of which neighbours have the same
  if (provenances_.size() == most) provenances_.clear();
  provenances_.emplace(in_from, in_to);
  return in_to;
}

namespace {

/// As the one that is made with the lock, and which a merge leaves that is killed.
bool is_empty_file(const std::filesystem::path& file) {
  std::error_code none;
  return std::filesystem::is_regular_file(file, none) && std::filesystem::file_size(file, none) == 0;
}

}  // namespace

struct results_merge::state {
  state(const std::filesystem::path& output, std::function<bool()> asked) : go_on(std::move(asked)) {
    auto lock = std::make_unique<writer_lock>(output);
    if (is_empty_file(output)) {
      unnamed = std::make_unique<unnamed_file>(output, std::move(lock));
      to = with_store_errors(output, [&] { return opened_for_long_change(output, unnamed->path()); });
    } else {
      to = with_store_errors(output, [&] { return store::opened::writing(output, std::move(lock)); });
    }
    to->use([&] { to->database.exec("PRAGMA cache_size = -65536; BEGIN IMMEDIATE"); });
  }

  /// Nobody reads it meanwhile, and nobody needs it after a power failure: the disk does not have to keep up.
  static std::unique_ptr<store::opened> opened_for_long_change(const std::filesystem::path& output,
                                                               const std::filesystem::path& path) {
    auto now =
        std::make_unique<store::opened>(output, path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    prepare_for_writing(now->database, path);
    static_cast<void>(now->database.execAndGet("PRAGMA journal_mode = DELETE"));
    now->database.exec("PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE");
    return now;
  }

  std::function<bool()> go_on;
  std::unique_ptr<unnamed_file> unnamed;  // of a file that is made; outlives what is open
  std::unique_ptr<store::opened> to;      // in one transaction
};

results_merge::results_merge(const std::filesystem::path& output, std::function<bool()> go_on)
    : state_(std::make_unique<state>(output, std::move(go_on))) {}

results_merge::~results_merge() = default;

merged_file results_merge::take(const std::filesystem::path& input) {
  std::error_code ignored;
  if (!std::filesystem::exists(input, ignored)) throw store_error(input.string() + ": there is no such file");
  merged_file done;
  const auto from =
      with_store_errors(input, [&] { return store::opened::reading(input, older_files::as_copies); });
  merging files(*from, *state_->to, state_->go_on);
  files.take_whole([&] {
    merge_trials(files, done);
    merge_checkpoints(files, done);
    merge_plans(files, done);
    merge_stand_ins(files);
    merge_range_tests(files);
  });
  return done;
}

std::vector<stored_experiment> results_merge::finish() {
  std::vector<stored_experiment> experiments;
  try {
    state_->to->use([&] {
      SQLite::Database& database = state_->to->database;
      database.exec(forget_used_checkpoints);
      database.exec("COMMIT");
    });
    const store merged(std::move(state_->to));  // closes the file
    experiments = merged.experiments();
  } catch (const store_error& problem) {
    throw unwritable_results(problem.what());
  }
  if (state_->unnamed) state_->unnamed->get_name();
  return experiments;
}

}  // namespace ravine
