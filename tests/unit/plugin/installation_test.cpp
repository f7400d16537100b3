#include "plugin/installation.hpp"

#include "unit/plugin_support.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void write_installation(const fs::path& root, const std::string& text) {
  fs::create_directories(root / "share/ravine");
  std::ofstream(root / "share/ravine/installation.json") << text;
}

std::string error_of(const fs::path& program) {
  try {
    find_installation(program);
    return "";
  } catch (const error& problem) {
    return problem.what();
  }
}

constexpr auto complete = R"({"plugins": "lib/ravine/plugins", "includes": ["include", "/opt/include"],
  "suites": "share/ravine/suites",
  "version_script": "lib/plugin.map", "templates": "share/ravine/templates", "c_compiler": "cc", "cxx_compiler": "c++",
  "compile_options": ["-O3"], "c_options": ["-std=c11"], "cxx_options": [], "link_options": ["-shared"]})";

TEST(installation, is_found_beside_the_program_or_one_folder_up) {
  const testing::plugin_folder root;
  write_installation(root.path(), complete);
  for (const fs::path& program : {root.path(), root.path() / "bin"}) {
    const installation found = find_installation(program);
    EXPECT_EQ(found.plugins, root.path() / "lib/ravine/plugins");
    EXPECT_THAT(found.includes, ElementsAre(root.path() / "include", "/opt/include"));
    EXPECT_EQ(found.suites, root.path() / "share/ravine/suites");
    EXPECT_EQ(found.version_script, root.path() / "lib/plugin.map");
    EXPECT_EQ(found.cxx_compiler, "c++");
    EXPECT_THAT(found.compile_options, ElementsAre("-O3"));
    EXPECT_THAT(found.link_options, ElementsAre("-shared"));
  }
}

TEST(installation, that_is_missing_is_told_with_the_places_searched) {
  const testing::plugin_folder root;
  const std::string said = error_of(root.path() / "bin");
  EXPECT_THAT(said, HasSubstr((root.path() / "bin").string()));
  EXPECT_THAT(said, HasSubstr("share/ravine/installation.json is neither in"));
}

TEST(installation, that_is_incomplete_is_told_with_what_is_missing) {
  const testing::plugin_folder root;
  write_installation(root.path(), R"({"plugins": "plugins", "suites": "suites"})");
  EXPECT_THAT(error_of(root.path()), HasSubstr("'version_script' not found"));
  write_installation(root.path(), "{");
  EXPECT_THAT(error_of(root.path()), HasSubstr("installation.json: "));
}

TEST(installation, of_this_build_has_its_plugins_and_headers) {
  const installation built = find_installation(program_folder());
  EXPECT_TRUE(fs::equivalent(built.plugins, RAVINE_TEST_PLUGIN_DIR));
  EXPECT_TRUE(fs::exists(built.includes.at(0) / "ravine/abi.h"));
  EXPECT_TRUE(fs::exists(built.version_script));
  EXPECT_TRUE(fs::exists(built.templates / "optimizer.cpp.in"));
}

}  // namespace
}  // namespace ravine
