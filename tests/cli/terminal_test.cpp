#include "program.hpp"
#include "results.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
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

/// Six repetitions in which momentum is ahead of sgd beyond doubt.
constexpr auto apart = R"(name: apart
repetitions: 6
problems: [{use: booth, noise: 0.01}]
train: {steps: 20}
optimizers: [{use: sgd, with: {lr: 1e-4}}, {use: momentum, with: {lr: 0.02}}]
)";

TEST(terminal, the_best_value_is_bold_on_a_terminal_alone) {
  const work_folder folder;
  folder.write("apart.yaml", apart);
  ASSERT_EQ(run_ravine(folder, {"run", "apart.yaml"}).status, 0);
  const auto shown = [&](const std::map<std::string, std::string>& environment) {
    program running(folder, {"compare", "apart.db"}, environment, error_stream::terminal_with_output);
    return running.finish().err;
  };
  const std::string plain = run_ravine(folder, {"compare", "apart.db"}, {{"COLUMNS", "80"}}).out;
  EXPECT_THAT(plain, ContainsRegex("momentum +\\* [0-9]"));
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  const std::string bold = shown({{"TERM", "xterm"}, {"COLUMNS", "80"}});
  EXPECT_THAT(bold, ContainsRegex("momentum +\x1b\\[1m\\* [0-9.e-]+\x1b\\[0m"));
  std::string stripped;
  for (std::size_t i = 0; i < bold.size(); ++i) {
    if (bold[i] == '\x1b')
      i = bold.find('m', i);
    else if (bold[i] != '\r')
      stripped += bold[i];
  }
  EXPECT_EQ(stripped, plain) << "nothing else differs";
  EXPECT_THAT(shown({{"TERM", "xterm"}, {"NO_COLOR", "1"}}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(shown({{"TERM", "dumb"}}), Not(HasSubstr("\x1b")));
}

TEST(terminal, reasons_bring_no_control_sequences_onto_a_terminal) {
  const work_folder folder;
  folder.write("apart.yaml", apart);
  ASSERT_EQ(run_ravine(folder, {"run", "apart.yaml"}).status, 0);
  execute_in(folder / "apart.db",
             "UPDATE trials SET status = 'failed', reason = 'bo' || char(27) || '[31mom' WHERE id = 1");
  program running(folder, {"compare", "apart.db", "--show", "all"}, {{"TERM", "xterm"}},
                  error_stream::terminal_with_output);
  const std::string text = running.finish().err;
  EXPECT_THAT(text, HasSubstr("bo\\x1b[31mom"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b[31m")));
}

}  // namespace
