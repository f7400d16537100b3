#include "unit/plugin_support.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <gtest/gtest.h>

// Where plugins are looked for, and in what order.
namespace ravine {
namespace {

namespace fs = std::filesystem;
using testing::plugin_folder;

/// An environment variable for the length of a test.
class environment_variable {
 public:
  environment_variable(const char* name, const std::string& value) : name_(name) {
    if (const char* const old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~environment_variable() {
    if (old_) {
      setenv(name_, old_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  environment_variable(const environment_variable&) = delete;
  environment_variable& operator=(const environment_variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

/// The working folder for the length of a test.
class working_folder {
 public:
  explicit working_folder(const fs::path& folder) : old_(fs::current_path()) { fs::current_path(folder); }
  ~working_folder() { fs::current_path(old_); }
  working_folder(const working_folder&) = delete;
  working_folder& operator=(const working_folder&) = delete;

 private:
  fs::path old_;
};

TEST(plugin_folders, are_searched_in_the_order_of_the_design) {
  const plugin_folder given, first, second, here, data;
  fs::create_directories(here.path() / "plugins");
  fs::copy_file(testing::test_object("c_sign"), here.path() / "plugins/c_sign.so");
  fs::create_directories(data.path() / "ravine/plugins");
  const environment_variable path("RAVINE_PLUGIN_PATH",
                                  first.path().string() + "::" + second.path().string());
  const environment_variable home("XDG_DATA_HOME", data.path().string());
  const working_folder inside(here.path());
  const std::vector<fs::path> found = ravine::plugin_folders({given.path()});
  ASSERT_EQ(found.size(), 6U);
  EXPECT_EQ(found[0], given.path());
  EXPECT_EQ(found[1], first.path());
  EXPECT_EQ(found[2], second.path());
  EXPECT_EQ(found[3], "plugins");
  EXPECT_EQ(found[4], data.path() / "ravine/plugins");
  EXPECT_TRUE(fs::equivalent(found[5], RAVINE_TEST_PLUGIN_DIR));
}

TEST(plugin_folders, may_have_colons_in_their_names) {
  const plugin_folder base;
  const fs::path odd = base.path() / "run:1";
  fs::create_directories(odd);
  const environment_variable home("XDG_DATA_HOME", base.path().string());  // where nothing is installed
  const auto found = [](const std::string& list) {
    const environment_variable path("RAVINE_PLUGIN_PATH", list);
    std::vector<fs::path> folders = ravine::plugin_folders({});
    folders.pop_back();  // this build's
    return folders;
  };
  const std::string escaped = (base.path() / "run").string() + "\\:1";
  EXPECT_EQ(found(odd), std::vector{odd}) << "which is all of the list";
  EXPECT_EQ(found(escaped + ":/other"), (std::vector<fs::path>{odd, "/other"}));
  EXPECT_EQ(found("/a\\\\:/b\\c"), (std::vector<fs::path>{"/a\\", "/b\\c"}));
  EXPECT_EQ(found("/a:1"), (std::vector<fs::path>{"/a", "1"}));
  EXPECT_EQ(ravine::plugin_folders({odd, "/a:1"})[1], "/a:1") << "--plugins takes one folder";
}

TEST(plugin_folders, leave_out_plugins_here_without_shared_objects) {
  const plugin_folder here;
  fs::create_directories(here.path() / "plugins/optimizers");
  const working_folder inside(here.path());
  EXPECT_EQ(std::ranges::count(ravine::plugin_folders({}), fs::path("plugins")), 0);
}

TEST(plugin_folders, fall_back_to_the_home_folder) {
  const plugin_folder home;
  fs::create_directories(home.path() / ".local/share/ravine/plugins");
  const environment_variable unset("XDG_DATA_HOME", "");
  const environment_variable set("HOME", home.path().string());
  EXPECT_EQ(std::ranges::count(ravine::plugin_folders({}), home.path() / ".local/share/ravine/plugins"), 1);
}

TEST(plugin_folders, name_each_folder_once) {
  const fs::path built = RAVINE_TEST_PLUGIN_DIR;
  const registry loaded = load_plugins({built, built / "../plugins"});
  EXPECT_TRUE(loaded.shadowed().empty());
  EXPECT_NE(loaded.find(component_kind::optimizer, "adam"), nullptr);
}

TEST(plugin_folders, keep_a_missing_one_that_was_given) {
  const registry loaded = load_plugins({"/no/such/folder"});
  ASSERT_EQ(loaded.rejected().size(), 1U);
  EXPECT_EQ(loaded.rejected()[0].path, "/no/such/folder");
}

TEST(plugin_folders, let_the_first_id_win) {
  const plugin_folder mine;
  mine.add("another_sgd", "mine");
  const registry loaded = load_plugins({mine.path()});
  EXPECT_EQ(loaded.get(component_kind::optimizer, "sgd").file->path, mine.path() / "mine.so");
  ASSERT_EQ(loaded.shadowed().size(), 1U);
  EXPECT_EQ(loaded.shadowed()[0].by, mine.path() / "mine.so");
}

}  // namespace
}  // namespace ravine
