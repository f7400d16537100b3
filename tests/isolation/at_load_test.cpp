#include "bystanders.hpp"
#include "results.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// A plugin that can't be loaded costs whoever uses it, and no command that does not.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

constexpr auto manifest = R"(name: isolation
problems: [{use: rosenbrock, noise: 0.1, train: {steps: 500}}]
optimizers: [{use: sgd, with: {lr: 0.0001}}, {use: adam, with: {lr: 0.0001}}]
)";

const std::vector<std::string> all_kinds RAVINE_BAD_AT_LOAD;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct use {
  const char* name;
  std::vector<std::string> arguments;
  enum class answer { same, at_least_the_same, any } expected;  ///< on standard output
};

/// Commands that load plugins, in an order in which each finds what it needs.
const std::vector<use> uses{
    {"run", {"run", "manifest.yaml", "--out", "out/results.db", "--jobs", "2"}, use::answer::same},
    {"list", {"plugins", "list"}, use::answer::at_least_the_same},
    {"info", {"plugins", "info", "sgd"}, use::answer::same},
    {"schema", {"schema"}, use::answer::any},
    {"trace", {"trace", "sgd", "--on", "rosenbrock", "--set", "lr=0.0001"}, use::answer::same},
    {"curve", {"trace", "--schedule", "cosine", "--format", "csv"}, use::answer::same},
    {"lr-find", {"lr-find", "manifest.yaml", "--out", "out/rates.db", "--format", "csv"}, use::answer::same},
    {"report", {"report", "out/results.db", "--out", "out/report.html"}, use::answer::any},
};

std::vector<std::string> with_folder(std::vector<std::string> arguments, const std::string& folder) {
  arguments.insert(arguments.end(), {"--plugins", folder});
  return arguments;
}

class bad_at_load : public ::testing::TestWithParam<std::string> {};

TEST_P(bad_at_load, costs_no_command_that_does_not_use_it) {
  bystanders clean, around;
  for (bystanders* each : {&clean, &around}) {
    each->folder().write("manifest.yaml", manifest);
    each->remember_files();
  }
  for (const use& each : uses) {
    SCOPED_TRACE(each.name);
    const auto undisturbed = clean.run(each.arguments, 60s);
    ASSERT_TRUE(undisturbed.has_value() && undisturbed->status == 0) << undisturbed->err;
    const auto began = std::chrono::steady_clock::now();
    const auto ended = around.run(with_folder(each.arguments, RAVINE_BAD_OBJECTS "/" + GetParam()), 30s);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
    const std::vector<std::string> processes = around.processes_left();
    const bool same = ended && (each.expected == use::answer::any || ended->out == undisturbed->out);
    print_row(GetParam(), each.name, taken.count(),
              fmt::format("exit {}{}{}{}", ended ? std::to_string(ended->status) : "NEVER",
                          same ? "" : "; another answer",
                          processes.empty() ? "" : fmt::format("; LEFT {} processes", processes.size()),
                          around.changed_files().empty()
                              ? ""
                              : fmt::format("; FILES {}", fmt::join(around.changed_files(), ", "))));
    EXPECT_THAT(processes, IsEmpty());
    EXPECT_THAT(around.changed_files(), IsEmpty());
    EXPECT_TRUE(ended.has_value()) << "it does not end";
    if (!ended) continue;
    EXPECT_EQ(ended->status, 0) << ended->err.substr(0, 2000);
    if (each.expected == use::answer::at_least_the_same)
      EXPECT_THAT(lines_of(ended->out), IsSupersetOf(lines_of(undisturbed->out)));
    else
      EXPECT_TRUE(same) << ended->out.substr(0, 2000);
  }
  if (::testing::Test::HasFailure()) return;
  EXPECT_EQ(computed_in(around.results()), computed_in(clean.results()));
  EXPECT_THAT(rows_of(around.results(), "PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_EQ(fs::status(around.results()).permissions(), fs::status(clean.results()).permissions());
}

TEST_P(bad_at_load, is_judged_by_validate_without_harm) {
  bystanders around;
  const std::string file = fmt::format("{}/{}/{}.so", RAVINE_BAD_OBJECTS, GetParam(), GetParam());
  const auto began = std::chrono::steady_clock::now();
  const auto ended = around.run({"plugins", "validate", file, "--time-limit", "1", "--failures"}, 60s);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
  const std::vector<std::string> processes = around.processes_left();
  print_row(GetParam(), "validate", taken.count(),
            fmt::format("exit {}{}", ended ? std::to_string(ended->status) : "NEVER",
                        processes.empty() ? "" : fmt::format("; LEFT {} processes", processes.size())));
  EXPECT_THAT(processes, IsEmpty());
  EXPECT_THAT(around.changed_files(), IsEmpty());
  ASSERT_TRUE(ended.has_value()) << "it does not end";
  EXPECT_THAT(ended->status, AnyOf(0, 1)) << ended->err.substr(0, 2000);
  EXPECT_FALSE(ended->out.empty());
}

INSTANTIATE_TEST_SUITE_P(each, bad_at_load, ::testing::ValuesIn(all_kinds),
                         [](const auto& each) { return each.param; });

}  // namespace
