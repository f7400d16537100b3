#include "bystanders.hpp"
#include "http_client.hpp"
#include "results.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// A plugin that can't be loaded costs whoever uses it, and no command that does not.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

constexpr auto quick_sweep = R"(name: isolation
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
    {"report", {"report", "out/results.db", "--output", "out/report.html"}, use::answer::any},
};

std::vector<std::string> with_folder(std::vector<std::string> arguments, const std::string& folder) {
  arguments.insert(arguments.end(), {"--plugins", folder});
  return arguments;
}

/// Runs one command and prints what came of it.
std::optional<outcome> observe(bystanders& around, const std::string& kind, const char* name,
                               const std::vector<std::string>& arguments) {
  const auto began = std::chrono::steady_clock::now();
  std::optional<outcome> ended = around.run(arguments, 60s);
  const auto taken = std::chrono::steady_clock::now() - began;
  const std::vector<std::string> traces = around.traces_left();
  print_row(kind, name, taken, fmt::format("exit {}", ended ? std::to_string(ended->status) : "NEVER"),
            traces);
  EXPECT_THAT(traces, IsEmpty());
  EXPECT_TRUE(ended.has_value()) << "it does not end";
  return ended;
}

class bad_at_load : public ::testing::TestWithParam<std::string> {};

/// What the commands do without a bad plugin around.
struct undisturbed {
  bystanders around;
  std::vector<std::optional<outcome>> ended;

  undisturbed() {
    around.folder().write("manifest.yaml", quick_sweep);
    for (const use& each : uses) ended.push_back(around.run(each.arguments, 60s));
  }
};

TEST_P(bad_at_load, costs_no_command_that_does_not_use_it) {
  static const undisturbed clean;
  bystanders around;
  around.folder().write("manifest.yaml", quick_sweep);
  around.remember_files();
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const use& each = uses[i];
    SCOPED_TRACE(each.name);
    const std::optional<outcome>& expected = clean.ended[i];
    ASSERT_TRUE(expected && expected->status == 0) << (expected ? expected->err : "it does not end");
    const auto ended = observe(around, GetParam(), each.name,
                               with_folder(each.arguments, RAVINE_BAD_OBJECTS "/" + GetParam()));
    if (!ended) continue;
    EXPECT_EQ(ended->status, 0) << ended->err.substr(0, 2000);
    if (each.expected == use::answer::same) {
      EXPECT_EQ(ended->out, expected->out);
    } else if (each.expected == use::answer::at_least_the_same) {
      EXPECT_THAT(lines_of(ended->out), IsSupersetOf(lines_of(expected->out)));
    }
  }
  if (HasFailure()) return;
  EXPECT_EQ(computed_in(around.results()), computed_in(clean.around.results()));
  EXPECT_THAT(rows_of(around.results(), "PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_EQ(fs::status(around.results()).permissions(), fs::status(clean.around.results()).permissions());
}

TEST_P(bad_at_load, is_judged_by_validate_without_harm) {
  if (GetParam() == "has_20000_components")
    GTEST_SKIP() << "checking each of them takes minutes, as it should";
  bystanders around;
  const std::string file = fmt::format("{0}/{1}/{1}.so", RAVINE_BAD_OBJECTS, GetParam());
  const auto ended = observe(around, GetParam(), "validate",
                             {"plugins", "validate", file, "--time-limit", "1", "--failures"});
  ASSERT_TRUE(ended.has_value());
  EXPECT_THAT(ended->status, AnyOf(0, 1)) << ended->err.substr(0, 2000);
  EXPECT_FALSE(ended->out.empty());
}

#if RAVINE_HAS_WEB
TEST_P(bad_at_load, leaves_the_others_to_the_explorer) {
  bystanders around;
  around.know_shipped_plugins();
  const auto began = std::chrono::steady_clock::now();
  int status = 0;
  {
    program server(around.folder(),
                   {"explore", "--no-open", "--port", "0", "--plugins", RAVINE_BAD_OBJECTS "/" + GetParam()},
                   around.environment());
    ASSERT_TRUE(server.says("Ctrl-C stops it")) << server.err().substr(0, 2000);
    const std::string address = "127.0.0.1:";
    const int port = std::stoi(server.err().substr(server.err().find(address) + address.size()));
    const http_answer answer = ask(port, "GET /api/plugins HTTP/1.1\r\nHost: " + address +
                                             std::to_string(port) + "\r\nConnection: close\r\n\r\n");
    status = answer.status;
    EXPECT_THAT(answer.body, HasSubstr("\"sgd\""));
    server.send(SIGTERM);
    EXPECT_TRUE(server.finish_within(20s).has_value()) << "it does not end";
  }
  const std::vector<std::string> traces = around.traces_left();
  print_row(GetParam(), "explore", std::chrono::steady_clock::now() - began, fmt::format("answer {}", status),
            traces);
  EXPECT_EQ(status, 200);
  EXPECT_THAT(traces, IsEmpty());
}
#endif

INSTANTIATE_TEST_SUITE_P(each, bad_at_load, ::testing::ValuesIn(all_kinds),
                         [](const auto& each) { return each.param; });

}  // namespace
