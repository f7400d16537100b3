#include "program.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Commands beside plugins that do something to the process that loads them, and who loads plugins at all.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using ::testing::HasSubstr;

constexpr const char* manifest =
    "problems: [{use: rosenbrock, train: {steps: 20}}]\noptimizers: [{use: sgd, with: {lr: 0.001}}]\n";

/// Each command, with what it needs in the folder.
struct use_of_plugins {
  std::string name;
  std::vector<std::string> arguments;
  std::string says;  ///< on standard output
};

void PrintTo(const use_of_plugins& each, std::ostream* out) { *out << each.name; }

std::vector<use_of_plugins> commands() {
  return {{"list", {"plugins"}, "\n  adam "},
          {"info", {"plugins", "info", "rosenbrock"}, "\nstart    (-1.2, 1)\n"},
          {"trace", {"trace", "sgd", "--on", "rosenbrock", "--start", "0,0", "--set", "lr=0.001"}, "\n100,"},
          {"schedule", {"trace", "--schedule", "cosine", "--format", "csv"}, "\n99,"},
          {"schema", {"schema"}, "\"adam\""},
          {"run", {"run", "m.yaml", "--out", "new.db"}, ""},
          {"report", {"report", "old.db", "--data", "-o", "r.json"}, "r.json"},
          {"lr_find", {"lr-find", "m.yaml", "--out", "rates.db", "--steps", "20"}, "sgd"},
          {"bench", {"bench", "--quick"}, "mlp 128"}};
}

class commands_beside_faulty_plugins : public ::testing::TestWithParam<use_of_plugins> {};

std::size_t times(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST_P(commands_beside_faulty_plugins, do_their_work_and_tell_the_reasons_once) {
  const work_folder folder;
  folder.write("m.yaml", manifest);
  if (GetParam().name == "report") {
    ASSERT_EQ(run_ravine(folder, {"run", "m.yaml", "--out", "old.db"}).status, 0);
  }
  std::vector<std::string> arguments = GetParam().arguments;
  const fs::path faulty = fs::path(RAVINE_TEST_OBJECT_DIR) / "faulty";
  arguments.insert(arguments.end(), {"--plugins", faulty.string()});
  const auto began = std::chrono::steady_clock::now();
  const outcome done = run_ravine(folder, arguments);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(40));
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr(GetParam().says));
  for (const char* fault : {"crashes", "aborts", "calls_exit", "calls_quick_exit", "loops", "sleeps", "stops",
                            "closes_descriptors", "prints_without_end", "takes_memory", "says_too_much",
                            "has_an_endless_doc", "claims_many_parameters"}) {
    EXPECT_EQ(times(done.err, "warning: not used: " + (faulty / fault).string() + ".so: "), 1U) << done.err;
  }
}

INSTANTIATE_TEST_SUITE_P(cli, commands_beside_faulty_plugins, ::testing::ValuesIn(commands()),
                         [](const auto& each) { return each.param.name; });

class commands_with_plugins : public ::testing::TestWithParam<use_of_plugins> {};

TEST_P(commands_with_plugins, load_none_into_their_own_process) {
  const work_folder folder;
  std::string text = manifest;
  text.replace(text.find("use: sgd, with: {lr: 0.001}"), 27, "use: tells_its_process");
  folder.write("m.yaml", text);
  const fs::path mine = folder / "mine";
  fs::create_directory(mine);
  fs::permissions(mine, fs::perms(0755));
  fs::copy_file(fs::path(RAVINE_TEST_OBJECT_DIR) / "faulty/tells_its_process.so",
                mine / "tells_its_process.so");
  const std::map<std::string, std::string> environment{{"RAVINE_TEST_LOADED_BY", folder / "told"},
                                                       {"XDG_CACHE_HOME", folder / "cache"}};
  if (GetParam().name == "report") {
    ASSERT_EQ(run_ravine(folder, {"run", "m.yaml", "--out", "old.db", "--plugins", mine}).status, 0);
  }
  std::vector<std::string> arguments = GetParam().arguments;
  std::ranges::replace(arguments, "sgd", "tells_its_process");
  // It tells by writing to a file.
  arguments.insert(arguments.end(), {"--plugins", mine.string(), "--unconfined"});
  program running(folder, arguments, environment);
  const std::string own = std::to_string(running.id());
  const outcome done = running.finish();
  EXPECT_EQ(done.status, 0) << done.err;
  std::ifstream told(folder / "told");
  std::size_t loaded = 0;
  for (std::string process; std::getline(told, process); ++loaded) EXPECT_NE(process, own);
  EXPECT_GE(loaded, 1U) << "somebody has looked at it";
}

INSTANTIATE_TEST_SUITE_P(cli, commands_with_plugins, ::testing::ValuesIn(commands()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
