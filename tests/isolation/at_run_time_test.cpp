#include "bystanders.hpp"
#include "results.hpp"
#include "saboteur_kinds.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What a plugin does in one of its trials costs that trial and nothing else, at any number of jobs.
namespace {

using namespace ravine::testing;
using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int repetitions = 2;

std::string sweep_with(const std::string& between) {
  return fmt::format(R"(name: isolation
repetitions: {}
problems: [{{use: rosenbrock, noise: 0.1, train: {{steps: 2000}}}}]
optimizers:
  - {{use: sgd, with: {{lr: 0.0001}}}}
{}  - {{use: adam, with: {{lr: 0.0001}}}}
limits: {{seconds: 2, memory: 256 MiB}}
)",
                     repetitions, between);
}

std::string hash_of(const std::string& row) { return row.substr(0, row.find('|')); }

/// What the trials of some optimizers computed: rows of computed_in.
struct computed {
  std::vector<std::string> others, own;
};

/// What came of one run.
struct observed {
  std::optional<outcome> ended;
  std::chrono::duration<double> taken{};
  std::vector<std::string> traces;
  std::vector<std::string> integrity;  ///< of the results file: "ok", or what is wrong
  std::vector<std::string> endings;    ///< of the saboteur's trials: "2 crashed: SIGSEGV"
  computed curves;
  long long stored = 0, faults = 0,
            worked = 0;  ///< trials, those that failed, those in which what must not work did
};

constexpr auto endings_query =
    "SELECT count(*) || ' ' || coalesce(status, 'missing') || ': ' || coalesce(min(reason), '') "
    "FROM planned LEFT JOIN trials USING (hash) WHERE optimizer = 'saboteur' GROUP BY status";

void read_results(const std::filesystem::path& file, observed& into) {
  into.integrity = rows_of(file, "PRAGMA integrity_check");
  into.endings = rows_of(file, endings_query);
  const auto own = rows_of(file, "SELECT hash FROM planned WHERE optimizer = 'saboteur'");
  for (std::string& row : computed_in(file)) {
    const bool is_own = std::ranges::find(own, hash_of(row)) != own.end();
    (is_own ? into.curves.own : into.curves.others).push_back(std::move(row));
  }
  into.stored = number_of(file, "SELECT count(*) FROM trials");
  into.faults = number_of(file, "SELECT count(*) FROM trials WHERE status NOT IN ('completed', 'diverged')");
  into.worked = number_of(file, "SELECT count(*) FROM trials WHERE reason LIKE '%status -77%'");
}

/// Runs the clean optimizers, with what is `between` them.
observed run_with(const std::string& between, int jobs) {
  bystanders around;
  around.know_shipped_plugins();
  around.folder().write("manifest.yaml", sweep_with(between));
  around.remember_files();
  observed all;
  const auto began = std::chrono::steady_clock::now();
  all.ended = around.run({"run", "manifest.yaml", "--out", around.results(), "--jobs", std::to_string(jobs),
                          "--plugins", RAVINE_BAD_OBJECTS "/saboteur"},
                         60s);
  all.taken = std::chrono::steady_clock::now() - began;
  all.traces = around.traces_left();
  try {
    read_results(around.results(), all);
  } catch (const std::exception& problem) {
    all.integrity = {problem.what()};
  }
  return all;
}

/// The first line of each, without what a terminal would obey.
std::string printable(const std::vector<std::string>& texts) {
  std::string text;
  for (const std::string& each : texts) {
    std::string line = each.substr(0, std::min<std::size_t>(each.find('\n'), 90));
    std::ranges::replace_if(
        line, [](unsigned char c) { return c < 32; }, '?');
    text += (text.empty() ? "" : "; ") + line;
  }
  return text;
}

void print_run(const std::string& kind, int jobs, const observed& all, bool same) {
  print_row(kind, fmt::format("{} jobs", jobs), all.taken,
            fmt::format("exit {}; own: {}; others {}; file {}",
                        all.ended ? std::to_string(all.ended->status) : "NEVER", printable(all.endings),
                        same ? "same" : "DIFFERENT", printable(all.integrity)),
            all.traces);
}

class saboteur : public ::testing::TestWithParam<const char*> {};

TEST_P(saboteur, costs_its_own_trials_alone) {
  const std::string kind = GetParam();
  static const observed clean = run_with("", 1);
  ASSERT_TRUE(clean.ended && clean.ended->status == 0);
  ASSERT_EQ(clean.stored, 2 * repetitions);
  std::vector<std::string> own_before;
  for (const int jobs : {1, 2, 4}) {
    SCOPED_TRACE(fmt::format("{} jobs", jobs));
    const observed all = run_with(fmt::format("  - {{use: saboteur, with: {{kind: {}}}}}\n", kind), jobs);
    const bool same = all.curves.others == clean.curves.others;
    print_run(kind, jobs, all, same);
    EXPECT_TRUE(same) << "the other optimizers' trials are not those of a run without it";
    EXPECT_THAT(all.integrity, ElementsAre("ok"));
    EXPECT_THAT(all.traces, IsEmpty());
    ASSERT_TRUE(all.ended.has_value()) << "the run does not end";
    EXPECT_EQ(all.ended->status, all.faults > 0 ? 1 : 0) << all.ended->err.substr(0, 2000);
    EXPECT_EQ(all.stored, 3 * repetitions) << "each trial has an ending";
    EXPECT_EQ(all.worked, 0) << "what must not work has worked";
    if (kind != "count_beyond_the_trial") continue;
    EXPECT_TRUE(own_before.empty() || all.curves.own == own_before) << "its own trials depend on the jobs";
    own_before = all.curves.own;
  }
}

TEST(unconfined, lets_a_plugin_do_what_its_user_may) {
  for (const bool confined : {true, false}) {
    bystanders around;
    around.folder().write("manifest.yaml",
                          sweep_with("  - {use: saboteur, with: {kind: damage_files_by_name}}\n"));
    around.remember_files();
    std::vector<std::string> arguments{"run",        "manifest.yaml", "--out",
                                       "results.db", "--plugins",     RAVINE_BAD_OBJECTS "/saboteur"};
    if (!confined) arguments.emplace_back("--unconfined");
    ASSERT_TRUE(around.run(arguments, 60s).has_value());
    const std::vector<std::string> traces = around.traces_left();
    EXPECT_EQ(std::ranges::find(traces, "new: intruder") == traces.end(), confined);
    EXPECT_EQ(std::ranges::find(traces, "gone: victim") == traces.end(), confined);
  }
}

#define NAME(name) #name,
INSTANTIATE_TEST_SUITE_P(at_run_time, saboteur,
                         ::testing::Values(SABOTEUR_STEPS(NAME) SABOTEUR_STATES(NAME) "none"),
                         [](const auto& each) { return each.param; });
#undef NAME

}  // namespace
