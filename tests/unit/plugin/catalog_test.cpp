#include "plugin/catalog.hpp"

#include "plugin/functions.hpp"
#include "unit/plugin_support.hpp"
#include "unit/unconfined.hpp"

#include <cfenv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

// Plugins that do something to the process that loads them: it costs them alone.
namespace ravine {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::plugin_folder;
using ::testing::StartsWith;

struct fault {
  std::string object;
  std::string reason;  ///< that it is rejected for; "" if it is found like any other
};

void PrintTo(const fault& each, std::ostream* out) { *out << each.object; }

class faulty_when_loaded : public ::testing::TestWithParam<fault> {};

TEST_P(faulty_when_loaded, costs_itself_alone) {
  const plugin_folder folder;
  const fs::path file = folder.path() / "a_faulty_one.so";
  fs::copy_file(testing::test_object("faulty/" + GetParam().object), file);
  folder.add("c_sign");
  registry found;
  const auto began = std::chrono::steady_clock::now();
  found.scan(folder.path());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(60)) << "5 s of its own";
  EXPECT_NE(found.find(component_kind::optimizer, "c_sign"), nullptr);
  if (GetParam().reason.empty()) {
    EXPECT_TRUE(found.rejected().empty());
    EXPECT_NE(found.find(component_kind::optimizer, GetParam().object), nullptr);
    return;
  }
  ASSERT_EQ(found.rejected().size(), 1U);
  EXPECT_EQ(found.rejected()[0].path, file);
#if defined(RAVINE_SANITIZE_ADDRESS)
  // The sanitizer's own handlers and allocator end some of the processes before ours can tell the reason.
  EXPECT_FALSE(found.rejected()[0].reason.empty());
#else
  EXPECT_THAT(found.rejected()[0].reason, StartsWith(GetParam().reason));
#endif
}

const fault faults[] = {
    {"crashes", "while it was loaded, a plugin crashed: SIGSEGV: went through a null pointer"},
    {"aborts", "while it was loaded, a plugin crashed: SIGABRT"},
    {"calls_exit", "while it was loaded, a plugin called exit(0)"},
    {"calls_quick_exit", "while it was loaded, a plugin ended the process with status 0"},
    {"loops", "while it was loaded, a plugin took longer than 5 s"},
    {"sleeps", "while it was loaded, a plugin took longer than 5 s"},
    {"stops", "while it was loaded, a plugin took longer than 5 s"},
    {"prints_without_end", "while it was loaded, a plugin took longer than 5 s"},
    {"closes_descriptors", "while it was loaded, a plugin closed the connection of its process"},
    {"takes_memory", "while it was loaded, a plugin crashed: SIGSEGV"},
    {"says_too_much", "while it was loaded, a plugin answered more than 4 MiB"},
    {"has_an_endless_doc",
     "has_an_endless_doc: doc: found more than 1048576 bytes, expected fewer and a NUL at their end"},
    {"claims_many_parameters", "claims_many_parameters: a hyperparameter: is NULL"},
    {"changes_umask", ""},
    {"changes_folder", ""},
    {"lowers_limits", ""},
    {"registers_atexit", ""},
    {"sets_an_alarm", ""},
    {"handles_signals", ""},
    {"starts_a_thread", ""},
    {"rounds_downward", ""},
    {"leaves_a_child", ""},
    {"changes_environment", ""},
};

INSTANTIATE_TEST_SUITE_P(plugins, faulty_when_loaded, ::testing::ValuesIn(faults),
                         [](const auto& each) { return each.param.object; });

/// What a plugin could change of the process that loads it.
struct process_state {
  mode_t mask = umask(0);
  fs::path folder = fs::current_path();
  rlimit files{};
  int rounding = std::fegetround();
  std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  struct sigaction on_hangup {};

  process_state() {
    umask(mask);
    getrlimit(RLIMIT_NOFILE, &files);
    sigaction(SIGHUP, nullptr, &on_hangup);
  }
};

TEST(catalog, leaves_this_process_as_it_was) {
  const process_state before;
  std::vector<fs::path> files;
  for (const char* name : {"changes_umask", "changes_folder", "lowers_limits", "rounds_downward",
                           "changes_environment", "handles_signals", "closes_descriptors"}) {
    files.push_back(testing::test_object(std::string("faulty/") + name));
  }
  look_at_plugins(files);
  const process_state after;
  EXPECT_EQ(after.mask, before.mask);
  EXPECT_EQ(after.folder, before.folder);
  EXPECT_EQ(after.files.rlim_cur, before.files.rlim_cur);
  EXPECT_EQ(after.rounding, before.rounding);
  EXPECT_EQ(after.home, before.home);
  EXPECT_EQ(after.on_hangup.sa_handler, before.on_hangup.sa_handler);
}

TEST(catalog, waits_for_all_that_hang_at_the_same_time) {
  const plugin_folder folder;
  for (int i = 0; i < 12; ++i) {
    fs::copy_file(testing::test_object("faulty/sleeps"), folder.path() / (std::to_string(i) + ".so"));
  }
  registry found;
  const auto began = std::chrono::steady_clock::now();
  found.scan(folder.path());
  EXPECT_EQ(found.rejected().size(), 12U);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(12));
}

/// The lines of a file; none if there is no file.
std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(catalog, loads_nothing_into_this_process_until_a_function_is_wanted) {
  const plugin_folder folder;
  const fs::path told = folder.path() / "told";
  setenv("RAVINE_TEST_LOADED_BY", told.c_str(), 1);
  // A file of its own, so that no cache knows it.
  const fs::path file = folder.path() / "mine.so";
  fs::copy_file(testing::test_object("faulty/tells_its_process"), file);
  std::ofstream(file, std::ios::app) << folder.path();
  const testing::unconfined all;  // the plugin tells by writing to a file
  registry found;
  found.load(file);
  const std::string here = std::to_string(getpid());
  EXPECT_EQ(lines_of(told).size(), 1U);
  EXPECT_THAT(lines_of(told), ::testing::Not(::testing::Contains(here)));
  functions_of(found.get(component_kind::optimizer, "tells_its_process"));
  unsetenv("RAVINE_TEST_LOADED_BY");
  EXPECT_THAT(lines_of(told), ::testing::Contains(here));
}

TEST(functions, are_not_taken_from_a_file_that_has_changed) {
  const plugin_folder folder;
  const fs::path file = folder.add("c_sign", "mine");
  registry found;
  found.load(file);
  std::ofstream(file, std::ios::app) << "more";
  EXPECT_THAT(testing::plugin_error_of([&] { functions_of(found.get(component_kind::optimizer, "c_sign")); }),
              HasSubstr("has changed since it was looked at: found SHA-256 "));
}

TEST(functions, are_found_in_a_file_that_was_loaded_ahead_and_is_gone) {
  const plugin_folder folder;
  const fs::path file = folder.add("c_halving", "mine");
  registry found;
  found.load(file);
  const component& which = *found.all(component_kind::scheduler).at(0);
  load_file(*which.file);
  fs::remove(file);
  EXPECT_NE(functions_of(which), nullptr);
}

TEST(functions, are_not_those_of_another_description) {
  const registry found = testing::load_test_object("c_sign");
  component other = found.get(component_kind::optimizer, "c_sign");
  other.hyperparameters.pop_back();
  EXPECT_THAT(testing::plugin_error_of([&] { functions_of(other); }),
              HasSubstr("describes itself otherwise in this process than when it was looked at"));
}

}  // namespace
}  // namespace ravine
