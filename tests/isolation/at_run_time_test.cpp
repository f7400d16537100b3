#include "bystanders.hpp"
#include "results.hpp"
#include "saboteur_kinds.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
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

std::string manifest(const std::string& between) {
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

/// Rows of computed_in that belong to those trials, or to all others.
std::vector<std::string> rows_with(const std::vector<std::string>& rows, const std::set<std::string>& hashes,
                                   bool belonging = true) {
  std::vector<std::string> kept;
  for (const std::string& row : rows)
    if (hashes.contains(hash_of(row)) == belonging) kept.push_back(row);
  return kept;
}

/// How its trials ended: "2 crashed: SIGSEGV".
std::string endings(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) {
    std::string line = row.substr(0, row.find('\n'));
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < 32; }, '?');
    text += (text.empty() ? "" : "; ") + line.substr(0, 90);
  }
  return text;
}

class saboteur : public ::testing::TestWithParam<const char*> {};

TEST_P(saboteur, costs_its_own_trials_alone) {
  const std::string kind = GetParam();
  bystanders clean;
  clean.folder().write("manifest.yaml", manifest(""));
  const auto undisturbed = clean.run({"run", "manifest.yaml", "--out", clean.results(), "--jobs", "1"}, 30s);
  ASSERT_TRUE(undisturbed.has_value());
  ASSERT_EQ(undisturbed->status, 0) << undisturbed->err;
  const std::vector<std::string> expected = computed_in(clean.results());
  std::set<std::string> hashes;
  for (const std::string& row : expected) hashes.insert(hash_of(row));
  ASSERT_EQ(hashes.size(), 2U * repetitions);

  std::vector<std::string> own_before;
  for (const int jobs : {1, 2, 4}) {
    SCOPED_TRACE(fmt::format("{} jobs", jobs));
    bystanders around;
    around.folder().write("manifest.yaml",
                          manifest(fmt::format("  - {{use: saboteur, with: {{kind: {}}}}}\n", kind)));
    around.remember_files();
    const auto began = std::chrono::steady_clock::now();
    const auto ended = around.run({"run", "manifest.yaml", "--out", around.results(), "--jobs",
                                   std::to_string(jobs), "--plugins", RAVINE_BAD_OBJECTS "/saboteur"},
                                  60s);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
    const std::vector<std::string> processes = around.processes_left();
    std::vector<std::string> found, own, integrity;
    try {
      found = computed_in(around.results());
      own = rows_of(
          around.results(),
          "SELECT count(*) || ' ' || coalesce(status, 'missing') || ': ' || coalesce(min(reason), '') "
          "FROM planned LEFT JOIN trials USING (hash) WHERE optimizer = 'saboteur' GROUP BY status");
      integrity = rows_of(around.results(), "PRAGMA integrity_check");
    } catch (const std::exception& problem) {
      integrity = {problem.what()};
    }
    const bool others_same = rows_with(found, hashes) == expected;
    print_row(kind, fmt::format("{} jobs", jobs), taken.count(),
              fmt::format("exit {}; own: {}; others {}{}{}", ended ? std::to_string(ended->status) : "NEVER",
                          endings(own), others_same ? "same" : "DIFFERENT",
                          processes.empty() ? "" : fmt::format("; LEFT {} processes", processes.size()),
                          around.changed_files().empty()
                              ? ""
                              : fmt::format("; FILES {}", fmt::join(around.changed_files(), ", "))));

    EXPECT_TRUE(others_same) << "the other optimizers' trials are not those of a run without it";
    EXPECT_THAT(integrity, ElementsAre("ok"));
    EXPECT_THAT(processes, IsEmpty());
    EXPECT_THAT(around.changed_files(), IsEmpty());
    ASSERT_TRUE(ended.has_value()) << "the run does not end";
    const auto faults =
        number_of(around.results(),
                  "SELECT count(*) FROM trials WHERE status IN ('failed', 'crashed', 'timed_out', "
                  "'out_of_memory')");
    EXPECT_EQ(ended->status, faults > 0 ? 1 : 0) << ended->err.substr(0, 2000);
    EXPECT_EQ(number_of(around.results(), "SELECT count(*) FROM trials"), 3 * repetitions);
    if (kind == "count_beyond_the_trial") {
      const std::vector<std::string> own_now = rows_with(found, hashes, false);
      EXPECT_TRUE(own_before.empty() || own_now == own_before)
          << "its own trials depend on the number of jobs";
      own_before = own_now;
    }
  }
}

#define NAME(name) #name,
INSTANTIATE_TEST_SUITE_P(at_run_time, saboteur,
                         ::testing::Values(SABOTEUR_STEPS(NAME) SABOTEUR_STATES(NAME) "none"),
                         [](const auto& each) { return each.param; });
#undef NAME

}  // namespace
