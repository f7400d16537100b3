#include "unit/store/merge_support.hpp"

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

// Results files that become one, where something is in the way.
namespace ravine {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

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