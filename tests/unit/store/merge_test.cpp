#include "store/merge.hpp"

#include "unit/store/store_support.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

// Results files become one.
namespace ravine {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

trial_result result_with(trial_status status, std::uint64_t steps = 7) {
  trial_result result = full_result();
  result.status = status;
  result.spent.steps = steps;
  return result;
}

struct store_merge : results_file_test {
  fs::path merged = folder.path() / "merged.db";

  fs::path named(const std::string& name) const { return folder.path() / (name + ".db"); }
  /// A file with one trial in it.
  fs::path make_file(const std::string& name, const planned_trial& trial, const trial_result& result) const {
    store results = store::open(named(name));
    results.begin(plan_of({trial}));
    results.save(trial, result, origin);
    return named(name);
  }
  fs::path make_file(const std::string& name, trial_status status, std::uint64_t steps = 7) const {
    return make_file(name, trial_named("adam"), result_with(status, steps));
  }
  std::vector<merged_file> merge(const std::vector<fs::path>& inputs) const {
    results_merge all(merged, [] { return true; });
    std::vector<merged_file> taken;
    for (const fs::path& each : inputs) taken.push_back(all.take(each));
    all.finish();
    return taken;
  }
  std::vector<std::string> rows(const std::string& sql, const std::optional<fs::path>& in = {}) const {
    const SQLite::Database database(in.value_or(merged).string());
    SQLite::Statement statement(database, sql);
    std::vector<std::string> all;
    while (statement.executeStep()) {
      std::string row;
      for (int i = 0; i < statement.getColumnCount(); ++i) {
        row += (i == 0 ? "" : "|") + statement.getColumn(i).getString();
      }
      all.push_back(row);
    }
    return all;
  }
  /// All that a file says, without its own numbers of rows.
  std::vector<std::string> content(const std::optional<fs::path>& in = {}) const {
    std::vector<std::string> all;
    for (const char* sql :
         {"SELECT name, manifest, seed, repetitions, planned_at, whole FROM experiments",
          "SELECT e.name, position, hash, problem, optimizer, point, repetition, role, shares, "
          "easier_targets "
          "FROM planned p JOIN experiments e ON e.id = experiment_id",
          "SELECT t.*, e.metrics, e.points, e.checksum, p.dimension, hex(p.steps), hex(p.evaluations), "
          "hex(p.points), hex(p.losses), p.in_runs, p.checksum, o.* FROM trials t "
          "JOIN evaluations e ON e.trial_id = t.id LEFT JOIN trajectories p ON p.trial_id = t.id "
          "JOIN provenances o ON o.id = t.provenance_id",
          "SELECT hash, seconds, saved_at, hex(state), o.* FROM checkpoints c "
          "JOIN provenances o ON o.id = c.provenance_id",
          "SELECT * FROM stand_ins",
          "SELECT * FROM range_tests t JOIN provenances o ON o.id = t.provenance_id",
          "SELECT * FROM range_points", "SELECT * FROM range_tries"}) {
      std::vector<std::string> some = rows(sql, in);
      std::ranges::sort(some);
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
  std::string status() const { return rows("SELECT status || ' ' || steps FROM trials").at(0); }
  std::string fault_of_taking(const fs::path& input) const {
    results_merge all(merged, [] { return true; });
    try {
      all.take(input);
    } catch (const unwritable_results& problem) {
      return std::string("unwritable: ") + problem.what();
    } catch (const store_error& problem) {
      return problem.what();
    }
    return "nothing is wrong";
  }
};

/// A file of everything that there is.
void fill(const fs::path& file) {
  store results = store::open(file);
  const planned_trial whole = trial_named("adam", 0), begun = trial_named("adam", 1),
                      none = trial_named("sgd");
  plan all = plan_of({whole, begun, none});
  all.stand_ins = {{"optimizer", "adam", "/home/a/adam.so", "optimizer hash", "/usr/adam.so", true}};
  results.begin(all);
  results.save(whole, full_result(), origin);
  results.save(begun, result_with(trial_status::interrupted, 3),
               {"another cpu", "a build", 1, 4, "n1", "job 7"});
  results.save_checkpoint(begun.hash, bytes_of("state"), 1.5, origin);
  range_curve curve{{{0.1, 2, 2}, {0.2, 1, std::nan("")}}, 0.1, {}, ""};
  curve.tries = {{0.05, 1}, {0.1, std::nan("")}};
  curve.steepest = 0.2;
  curve.refusal = "no";
  results.save({"e", "valley", "adam", 0.5, curve}, origin);
}

TEST_F(store_merge, takes_everything_that_a_file_holds) {
  fill(file);
  const merged_file taken = merge({file}).at(0);
  EXPECT_EQ(content(), content(file));
  EXPECT_EQ(taken.trials, 2U);
  EXPECT_EQ(taken.added, 2U);
  EXPECT_EQ(rows("PRAGMA integrity_check"), std::vector<std::string>{"ok"});
  EXPECT_EQ(rows("PRAGMA application_id"), rows("PRAGMA application_id", file));
  const store results = store::open(merged);
  expect_full_curve(results.trials().at(0).result.evaluations);
  EXPECT_EQ(results.trajectory_of(results.trials().at(0).id).points, full_result().path.points);
  EXPECT_EQ(results.checkpoint_of("adam 1")->state, bytes_of("state"));
  EXPECT_EQ(results.range_tests().at(0).curve.tries.size(), 2U);
}

TEST_F(store_merge, a_second_time_changes_nothing) {
  fill(file);
  merge({file});
  const std::vector<std::string> once = content();
  const merged_file taken = merge({file, merged}).at(0);
  EXPECT_EQ(content(), once);
  EXPECT_EQ(taken.trials, 2U);
  EXPECT_EQ(taken.added + taken.replaced + taken.conflicts, 0U);
}

TEST_F(store_merge, adds_to_a_file_that_is_there) {
  fill(merged);
  const merged_file taken = merge({make_file("b", trial_named("sgd"), full_result())}).at(0);
  EXPECT_EQ(taken.added, 1U);
  EXPECT_THAT(rows("SELECT hash FROM trials ORDER BY hash"), ElementsAre("adam 0", "adam 1", "sgd 0"));
}

TEST_F(store_merge, the_order_of_files_makes_no_difference) {
  const fs::path a = make_file("a", trial_status::interrupted, 9),
                 b = make_file("b", trial_status::completed, 7),
                 c = make_file("c", trial_status::timed_out, 8),
                 d = make_file("d", trial_status::interrupted, 3);
  std::vector<fs::path> files{a, b, c, d};
  do {
    fs::remove(merged);
    merge(files);
    EXPECT_EQ(status(), "completed 7");
  } while (std::ranges::next_permutation(files).found);
  for (const auto& [inputs, expected] :
       std::vector<std::pair<std::vector<fs::path>, std::string>>{{{a, d}, "interrupted 9"},
                                                                  {{d, a}, "interrupted 9"},
                                                                  {{a, c}, "timed out 8"},
                                                                  {{c, a}, "timed out 8"}}) {
    fs::remove(merged);
    merge(inputs);
    EXPECT_EQ(status(), expected);
  }
}

TEST_F(store_merge, of_two_trials_that_ran_out_of_time_the_one_with_more_counts) {
  std::vector<fs::path> files;
  for (const double seconds : {10, 100}) {
    planned_trial trial = trial_named("adam");
    trial.spec.limits.seconds = seconds;
    files.push_back(make_file(fmt::format("{}", seconds), trial, result_with(trial_status::timed_out)));
  }
  for (int i = 0; i < 2; ++i) {
    merge(files);
    EXPECT_THAT(rows("SELECT limit_seconds FROM trials"), ElementsAre("100.0"));
    std::ranges::reverse(files);
    fs::remove(merged);
  }
}

TEST_F(store_merge, tells_of_trials_with_different_results_and_keeps_the_first) {
  const fs::path a = make_file("a", trial_status::completed, 7),
                 b = make_file("b", trial_status::completed, 8);
  const std::vector<merged_file> taken = merge({a, b});
  EXPECT_EQ(taken[0].conflicts, 0U);
  EXPECT_EQ(taken[1].conflicts, 1U);
  EXPECT_EQ(
      taken[1].conflict,
      "valley, adam, repetition 1, trial adam 0: completed after 7 steps, loss nan, and completed after 8 "
      "steps, loss nan");
  EXPECT_EQ(status(), "completed 7");
}

TEST_F(store_merge, other_times_machines_and_words_are_the_same_result) {
  trial_result other = full_result();
  other.spent.gradient_seconds *= 3;
  other.target_reached_at->optimizer_seconds *= 3;
  for (evaluation& each : other.evaluations) each.at.gradient_seconds *= 3;
  other.reason = "other words";
  make_file("a", trial_named("adam"), full_result());
  {
    store results = store::open(named("b"));
    results.begin(plan_of({trial_named("adam")}));
    results.save(trial_named("adam"), other, {"another cpu", "another build", 3});
  }
  const merged_file taken = merge({named("a"), named("b")}).at(1);
  EXPECT_EQ(taken.trials, 1U);
  EXPECT_EQ(taken.conflicts, 0U);
  EXPECT_EQ(rows("SELECT reason FROM trials"), rows("SELECT reason FROM trials", named("a")));
}

TEST_F(store_merge, sees_a_difference_in_the_last_bit) {
  trial_result last_metric = full_result(), last_coordinate = full_result(), state = full_result();
  last_metric.evaluations[1].metrics["loss"] = std::nextafter(1.0 / 3, 1);
  last_coordinate.path.points.back() = 0.0;  // not -0.0
  state.state_bytes += 8;
  const fs::path a = make_file("a", trial_named("adam"), full_result());
  for (const trial_result& other : {last_metric, last_coordinate, state}) {
    fs::remove(named("b"));
    fs::remove(merged);
    EXPECT_EQ(merge({a, make_file("b", trial_named("adam"), other)}).at(1).conflicts, 1U);
  }
}

TEST_F(store_merge, a_checkpoint_goes_when_its_trial_has_ended_elsewhere) {
  fill(file);
  for (const bool is_first : {true, false}) {
    fs::remove(named("b"));
    fs::remove(merged);
    const fs::path b = make_file("b", trial_named("adam", 1), result_with(trial_status::completed));
    merge(is_first ? std::vector{file, b} : std::vector{b, file});
    EXPECT_THAT(rows("SELECT count(*) FROM checkpoints"), ElementsAre("0"));
    EXPECT_THAT(rows("SELECT status FROM trials WHERE hash = 'adam 1'"), ElementsAre("completed"));
  }
}

TEST_F(store_merge, of_two_checkpoints_the_one_that_took_longer_counts) {
  std::vector<fs::path> files{named("a"), named("b")};
  for (const fs::path& each : files) {
    store results = store::open(each);
    results.begin(plan_of({trial_named("adam")}));
    results.save_checkpoint("adam 0", bytes_of(each == files[0] ? "early" : "late"), each == files[0] ? 1 : 2,
                            origin);
  }
  for (int i = 0; i < 2; ++i) {
    merge(files);
    EXPECT_EQ(store::open(merged).checkpoint_of("adam 0")->state, bytes_of("late"));
    std::ranges::reverse(files);
    fs::remove(merged);
  }
}

/// Parts as tuning/part makes them.
plan part_with(const planned_trial& trial, std::uint64_t place, std::uint64_t whole) {
  plan part = plan_of({trial});
  part.part = part_places{{place}, whole};
  return part;
}

TEST_F(store_merge, parts_of_an_experiment_stand_side_by_side) {
  for (const std::uint64_t i : {2U, 0U}) {
    store results = store::open(named(std::to_string(i)));
    results.begin(part_with(trial_named("adam", i), i, 3));
    results.save(trial_named("adam", i), full_result(), origin);
  }
  results_merge all(merged, [] { return true; });
  all.take(named("2"));
  all.take(named("0"));
  const std::vector<stored_experiment> experiments = all.finish();
  ASSERT_EQ(experiments.size(), 1U);
  EXPECT_EQ(experiments[0].planned, 3U) << "one is missing";
  EXPECT_EQ(experiments[0].finished, 2U);
  EXPECT_THAT(rows("SELECT position || hash FROM planned"), ElementsAre("0adam 0", "2adam 2"));
}

TEST_F(store_merge, of_one_experiment_from_two_manifests_the_later_plan_counts) {
  make_file("a", trial_named("adam"), full_result());
  {
    store results = store::open(named("b"));
    plan other = plan_of({trial_named("sgd")});
    other.manifest = "name: e # again";
    results.begin(other);
    results.save(trial_named("sgd"), full_result(), origin);
  }
  SQLite::Database(named("a").string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE experiments SET planned_at = '2020'");
  for (const auto& inputs : {std::vector{named("a"), named("b")}, std::vector{named("b"), named("a")}}) {
    fs::remove(merged);
    const std::vector<merged_file> taken = merge(inputs);
    EXPECT_THAT(taken[0].replanned, IsEmpty());
    EXPECT_THAT(taken[1].replanned, ElementsAre("e"));
    EXPECT_THAT(rows("SELECT hash FROM planned"), ElementsAre("sgd 0"));
    EXPECT_THAT(rows("SELECT manifest FROM experiments"), ElementsAre("name: e # again"));
    EXPECT_THAT(rows("SELECT count(*) FROM trials"), ElementsAre("2"));
  }
}

TEST_F(store_merge, what_cannot_be_read_is_named_and_the_others_are_taken) {
  make();
  fs::copy(file, named("torn"));
  fs::resize_file(named("torn"), fs::file_size(file) / 2);
  std::ofstream(named("foreign")) << std::string(5000, 'x');
  std::ofstream(named("empty")).close();
  fs::create_directory(named("folder"));
  fs::copy(file, named("changed"));
  SQLite::Database(named("changed").string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE evaluations SET points = replace(points, '24.2', '24.3')");
  results_merge all(merged, [] { return true; });
  for (const char* name : {"torn", "foreign", "empty", "folder", "missing", "changed"}) {
    try {
      all.take(named(name));
      ADD_FAILURE() << name << " is taken";
    } catch (const store_error& problem) {
      EXPECT_THAT(problem.what(), StartsWith(named(name).string() + ": "));
    }
  }
  EXPECT_EQ(all.take(file).added, 1U);
  all.finish();
  EXPECT_EQ(content(), content(file));
}

/// A trial of 300 is damaged: the 299 before it are taken back.
TEST_F(store_merge, nothing_of_a_damaged_file_stays) {
  {
    store results = store::open(file);
    std::vector<planned_trial> trials;
    for (std::uint64_t i = 0; i < 300; ++i) trials.push_back(trial_named("sgd", i));
    results.begin(plan_of(trials));
    for (const planned_trial& each : trials) results.save(each, full_result(), origin);
  }
  execute("UPDATE trajectories SET losses = x'00' WHERE trial_id = 300");
  const fs::path whole = make_file("whole", trial_named("adam"), full_result());
  results_merge all(merged, [] { return true; });
  all.take(whole);
  EXPECT_THROW(all.take(file), store_error);
  all.finish();
  EXPECT_EQ(content(), content(whole));
}

TEST_F(store_merge, that_is_given_up_leaves_everything_as_it_was) {
  make();
  {
    results_merge all(merged, [] { return true; });
    all.take(file);
  }
  EXPECT_FALSE(fs::exists(merged));
  fill(merged);
  const std::vector<std::string> before = content();
  {
    results_merge all(merged, [] { return true; });
    all.take(make_file("b", trial_named("sgd"), full_result()));
  }
  EXPECT_EQ(content(), before);
  EXPECT_THROW(results_merge(named("c"), [] { return false; }).take(file), merge_stopped);
  EXPECT_FALSE(fs::exists(named("c")));
  for (const auto& each : fs::directory_iterator(folder.path())) {
    EXPECT_THAT(each.path().string(), Not(HasSubstr("merging")));
  }
}

/// Files of this process may grow no further while it lives.
class full_disk {
 public:
  explicit full_disk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~full_disk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(store_merge, a_full_disk_is_told_of_the_output_and_costs_nothing) {
  const planned_trial trial = trial_named("lion");
  trial_result large = full_result();
  large.path.losses.assign(1'000'000, 1);
  large.path.points.assign(2'000'000, 1);
  large.path.steps.assign(1'000'000, 1);
  large.path.evaluations.assign(1'000'000, 1);
  const fs::path input = make_file("large", trial, large);
  for (const bool is_new : {true, false}) {
    if (!is_new) fill(merged);
    const std::vector<std::string> before = is_new ? std::vector<std::string>() : content();
    const auto merge_all = [&] {
      results_merge all(merged, [] { return true; });
      all.take(input);
      all.finish();
    };
    const auto fault = [&]() -> std::string {
      const full_disk limit(4'000'000);
      try {
        merge_all();
      } catch (const unwritable_results& problem) {
        return problem.what();
      }
      return "nothing is wrong";
    }();
    EXPECT_THAT(fault, StartsWith(merged.string() + ": "));
    EXPECT_THAT(fault, HasSubstr("what was saved before is safe"));
    EXPECT_EQ(fs::exists(merged), !is_new);
    EXPECT_FALSE(fs::exists(folder.path() / "merged.db.merging"));
    EXPECT_EQ(is_new ? before : content(), before);
    merge_all();
    EXPECT_THAT(rows("SELECT count(*) FROM trajectories WHERE length(losses) = 8000000"), ElementsAre("1"));
    fs::remove(merged);
  }
}

TEST_F(store_merge, clears_away_what_a_killed_one_has_left) {
  make();
  std::ofstream(folder.path() / "merged.db.merging") << "half";
  std::ofstream(merged).close();
  fs::permissions(merged, fs::perms::owner_read | fs::perms::owner_write);
  merge({file});
  EXPECT_EQ(content(), content(file));
  EXPECT_FALSE(fs::exists(folder.path() / "merged.db.merging"));
  EXPECT_EQ(fs::status(merged).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(store_merge, the_output_is_no_other_programs_file_and_has_one_writer) {
  make();
  std::ofstream(merged) << std::string(5000, 'x');
  EXPECT_THROW(results_merge(merged, [] { return true; }), store_error);
  EXPECT_EQ(fs::file_size(merged), 5000U);
  fs::remove(merged);
  results_merge first(merged, [] { return true; });
  EXPECT_THROW(results_merge(merged, [] { return true; }), store_error);
  first.take(file);
  first.finish();
  EXPECT_EQ(content(), content(file));
}

TEST_F(store_merge, reads_a_file_that_is_written_to_meanwhile) {
  make();
  store running = store::open(file);
  running.save(trial_named("sgd"), full_result(), origin);
  EXPECT_EQ(merge({file}).at(0).trials, 2U);
}

TEST_F(store_merge, more_stand_ins_than_can_be_read_are_refused) {
  make();
  fs::copy(file, named("b"));
  for (const fs::path& each : {file, named("b")}) {
    SQLite::Database(each.string(), SQLite::OPEN_READWRITE)
        .exec(fmt::format("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 6000) "
                          "INSERT INTO stand_ins SELECT '{}' || i, 'a', 'b', 'c', 'd', 0 FROM n",
                          each.stem().string()));
  }
  merge({file});
  EXPECT_THAT(fault_of_taking(named("b")), HasSubstr("there would be more than 10000"));
  EXPECT_EQ(content(), content(file));
}

}  // namespace
}  // namespace ravine
