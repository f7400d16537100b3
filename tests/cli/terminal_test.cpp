#include "program.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What fits on a terminal.
namespace {

using namespace ravine::testing;
using ::testing::ContainsRegex;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

/// Of a trial that lasts for seconds, with a name that alone is wider than a terminal.
constexpr auto wide = R"(name: wide
repetitions: 2
problems: [{use: rosenbrock, label: a-landscape-with-a-label-that-leaves-a-terminal-no-room-for-anything-else}]
train: {seconds: 1.5}
optimizers: [{use: sgd, with: {lr: 1e-5}}]
)";

TEST(terminal, a_bar_tells_the_time_left_before_what_may_be_cut_off) {
  const work_folder folder;
  folder.write("wide.yaml", wide);
  program running(folder, {"run", "wide.yaml"}, {{"TERM", "xterm"}}, error_stream::terminal);
  EXPECT_TRUE(running.says(" left · a-landscape"));
  const outcome done = running.finish();
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(running.err(), ContainsRegex("[12]/2 [0-9.]+ s left · a-landscape"));
}

constexpr auto tuned = R"(name: tuned
repetitions: 2
problems: [{use: booth}]
train: {steps: 20}
tuning: {method: grid}
optimizers: [{use: sgd, with: {lr: {grid: [0.01, 0.02, 0.05]}}}]
)";

TEST(terminal, both_phases_of_tuning_are_counted_as_one) {
  const work_folder folder;
  folder.write("tuned.yaml", tuned);
  const std::string err = run_ravine(folder, {"run", "tuned.yaml"}).err;
  for (const char* line : {"\n[1/5] booth · sgd · lr=", "\n[3/5] booth · sgd · lr=",
                           "\n[4/5] booth · sgd · lr=", "\n[5/5] booth · sgd · lr="})
    EXPECT_THAT(err, HasSubstr(line));
  EXPECT_THAT(err, Not(HasSubstr("/3]")));
  EXPECT_THAT(err, HasSubstr("\ntuned: next, ravine compare tuned.db or ravine report tuned.db\n"));
}

/// Columns of the widest line.
std::ptrdiff_t width_of(const std::string& text) {
  std::ptrdiff_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    widest = std::max(widest, std::count_if(line.begin(), line.end(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
                      }));
  }
  return widest;
}

TEST(terminal, a_comparison_is_as_wide_as_the_terminal) {
  const work_folder folder;
  folder.write("two.yaml", R"(name: two
repetitions: 6
problems: [{use: booth, noise: 0.1}, {use: matyas}]
train: {steps: 100}
evaluate: {target: {gap: 0.01}}
optimizers: [{use: sgd, with: {lr: 0.1}}, {use: momentum, with: {lr: 0.02}}]
)");
  ASSERT_EQ(run_ravine(folder, {"run", "two.yaml"}).status, 0);
  const std::vector<std::string> command{"compare", "two.db", "--show", "all", "--baseline", "sgd"};
  for (const int columns : {60, 80, 100, 200}) {
    const std::string text = run_ravine(folder, command, {{"COLUMNS", std::to_string(columns)}}).out;
    EXPECT_LE(width_of(text), columns);
    EXPECT_GT(width_of(text), columns / 2);
    for (const char* heading : {"mean rank", "B/param", "p (Holm)", "τ = 10", "seconds"})
      EXPECT_THAT(text, HasSubstr(heading)) << columns;
  }
  const std::string narrow = run_ravine(folder, command, {{"COLUMNS", "60"}}).out;
  EXPECT_THAT(narrow, ContainsRegex("\n  optimizer +loss .*\n  sgd .*\n  momentum .*\n  optimizer +"))
      << "what does not fit follows below, with the same first column";
  EXPECT_THAT(run_ravine(folder, command).out, ContainsRegex("\n  optimizer +loss .*B/param\n"))
      << "what is read by another program is not broken";
  EXPECT_THAT(narrow, ContainsRegex("[0-9] (µs|ms)\n")) << "seconds in the unit that suits them";
}

TEST(terminal, a_comparison_puts_numbers_below_each_other) {
  const work_folder folder;
  folder.write("one.yaml", R"(name: one
problems: [{use: booth}]
train: {steps: 1000}
evaluate: {target: {gap: 1e-6}}
optimizers: [{use: sgd, with: {lr: 0.1}}, {use: momentum, with: {lr: 0.001}}]
)");
  ASSERT_EQ(run_ravine(folder, {"run", "one.yaml"}).status, 0);
  const std::string text = run_ravine(folder, {"compare", "one.db"}).out;
  // The last column, aligned to the right, ends all lines alike.
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  std::vector<std::ptrdiff_t> widths;
  for (int i = 0; i < 3; ++i) {
    std::getline(lines, line);
    widths.push_back(width_of(line));
  }
  EXPECT_THAT(widths, Each(widths.front())) << text;
}

}  // namespace
