#include "compare/comparison.hpp"
#include "compare/comparison_json.hpp"
#include "store/merge.hpp"
#include "unit/store/store_support.hpp"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// Whatever stands in a file: it is used, or the error says what is wrong with it. Nothing crashes.
namespace ravine {
namespace {

using namespace testing;
namespace fs = std::filesystem;

struct store_damage : results_file_test {
  store_damage() {
    // Thousands of files: in memory, where there is such a folder, nothing waits for a disk.
    std::string name = "/dev/shm/ravine-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) return;
    in_memory = name;
    file = in_memory / "results.db";
    merged.emplace(in_memory / "merged.db", [] { return true; });
  }
  ~store_damage() override {
    merged.reset();
    if (!in_memory.empty()) fs::remove_all(in_memory);
  }

  fs::path in_memory;
  std::optional<results_merge> merged;  // of all that could be taken
  int used = 0;
  int refused = 0;

  /// A file with two trials, a checkpoint and a range test, all of it in the file itself.
  void make_full() const {
    store results = store::open(file);
    const std::vector<planned_trial> trials{trial_named("adam", 0), trial_named("adam", 1),
                                            trial_named("adam", 2)};
    results.begin(plan_of(trials));
    for (const int i : {0, 1}) {
      trial_result result = full_result();
      result.status = trial_status::completed;
      results.save(trials.at(static_cast<std::size_t>(i)), result, origin);
    }
    results.save_checkpoint(trials[2].hash, bytes_of("state"), 1, origin);
    results.save({"e", "valley", "adam", 0.5, {{{0.1, 2, 2}, {0.2, 1, 1.5}}, 0.1, {}, ""}}, origin);
  }
  std::string content() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void replace(const std::string& bytes) const {
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(fs::path(file) += suffix);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }
  /// Errors of our own are answers; any other exception ends the test.
  template <class Use>
  void tolerate(Use use) {
    try {
      use();
      ++used;
    } catch (const error&) {
      ++refused;
    }
  }
  void use_all() {
    tolerate([&] {
      const store results = store::open_read_only(file);
      const std::vector<stored_trial> trials = results.trials();
      tolerate([&] { results.experiments(); });
      tolerate([&] { results.endings("e"); });
      tolerate([&] { results.range_tests(); });
      tolerate([&] { results.has(trial_named("adam")); });
      tolerate([&] { results.checkpoint_of("adam 2"); });
      tolerate([&] { results.final_metric("adam 0", "loss"); });
      for (const stored_trial& each : trials) tolerate([&] { results.trajectory_of(each.id); });
      tolerate([&] { to_json(compare(trials, "adam")).dump(); });
    });
    try {
      merged->take(file);
    } catch (const unwritable_results& problem) {
      ADD_FAILURE() << problem.what();
    } catch (const store_error&) {
    }
    tolerate([&] { store::open(file).save(trial_named("adam", 2), full_result(), origin); });
  }
};

/// What was taken from damaged files is whole.
void expect_readable(const fs::path& file) {
  store::open(file);  // which checks pages, curves and paths
  const store results = store::open_read_only(file);
  for (const stored_trial& each : results.trials()) results.trajectory_of(each.id);
  results.experiments();
  results.range_tests();
}

using cell = std::variant<std::nullptr_t, std::int64_t, double, std::string, std::vector<char>>;

void bind(SQLite::Statement& to, const cell& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) to.bind(1, *whole);
  if (const auto* real = std::get_if<double>(&value)) to.bind(1, *real);
  if (const auto* text = std::get_if<std::string>(&value)) to.bind(1, *text);
  if (const auto* blob = std::get_if<std::vector<char>>(&value)) {
    to.bind(1, blob->data(), static_cast<int>(blob->size()));
  }
}

/// Table and column.
std::vector<std::pair<std::string, std::string>> columns_of(const fs::path& file) {
  const SQLite::Database database(file.string());
  SQLite::Statement rows(database,
                         "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
                         "WHERE t.type = 'table'");
  std::vector<std::pair<std::string, std::string>> all;
  while (rows.executeStep()) all.emplace_back(rows.getColumn(0).getString(), rows.getColumn(1).getString());
  return all;
}

TEST_F(store_damage, any_value_in_any_column_is_used_or_refused) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<cell> values{nullptr,
                                 std::int64_t{-1},
                                 std::int64_t{0},
                                 std::int64_t{1},
                                 std::int64_t{1} << 62,
                                 std::numeric_limits<std::int64_t>::min(),
                                 1e308,
                                 infinity,
                                 "x",
                                 "",
                                 std::vector<char>{'\0', '\xff'},
                                 std::vector<char>(64, '\xff'),
                                 std::string(400, '9'),
                                 "[[1e999,1,1,1,1,1]]",
                                 std::string(100'000, '['),
                                 R"(["loss"])",
                                 R"({"problem":{"model":1}})",
                                 R"([["lr"]])",
                                 std::string("\x1b[31m\n\0a", 8),
                                 "\xff\xfe"};
  make_full();
  const std::string whole = content();
  for (const auto& [table, column] : columns_of(file)) {
    for (const cell& value : values) {
      replace(whole);
      try {
        SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
        SQLite::Statement change(database, fmt::format("UPDATE {0} SET {1} = ?", table, column));
        bind(change, value);
        change.exec();
        // As who makes such a file on purpose would.
        database.exec("UPDATE evaluations SET checksum = NULL; UPDATE trajectories SET checksum = NULL");
      } catch (const SQLite::Exception&) {
        continue;  // SQLite keeps it out: no NULL in NOT NULL
      }
      use_all();
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_GT(used, 1000);
  merged->finish();
  expect_readable(in_memory / "merged.db");
}

TEST_F(store_damage, any_damage_to_the_bytes_is_survived) {
  make_full();
  const std::string whole = content();
  std::mt19937 draw(15);  // the same on each run
  const auto at_random = [&](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(draw);
  };
  const auto any_byte = [&] { return static_cast<char>(at_random(256)); };
  constexpr std::size_t page_size = 4096;
  for (int i = 0; i < 280; ++i) {
    std::string bytes = whole;
    const std::size_t page = at_random(whole.size() / page_size) * page_size;
    switch (i % 7) {
      case 0:
        bytes.resize(at_random(whole.size()));
        break;
      case 1:
        for (int k = 0; k < 200; ++k) bytes[at_random(bytes.size())] = any_byte();
        break;
      case 2:
        bytes[at_random(bytes.size())] ^= static_cast<char>(1U << at_random(8));
        break;
      case 3:
        for (std::size_t k = 0; k < page_size; ++k) bytes[page + k] = any_byte();
        break;
      case 4:
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(page), page_size, '\0');
        break;
      case 5:
        for (int k = 0; k < 4; ++k) bytes[at_random(100)] = any_byte();
        break;
      default:
        // Another page in its place: trees that share pages, or lead back to themselves.
        bytes.replace(page, page_size, whole, at_random(whole.size() / page_size) * page_size, page_size);
    }
    replace(bytes);
    use_all();
  }
  EXPECT_GT(refused, 200);
  merged->finish();
  expect_readable(in_memory / "merged.db");
}

}  // namespace
}  // namespace ravine
