#include "plugin/description_cache.hpp"

#include "core/sha256.hpp"
#include "plugin/catalog.hpp"
#include "unit/plugin_support.hpp"
#include "unit/unconfined.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What is remembered of plugins from one command to the next, and when it is not believed.
namespace ravine {
namespace {

namespace fs = std::filesystem;
using testing::plugin_folder;

/// A cache of its own for each test, and a count of how often a plugin was loaded.
class description_cache_test : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const char* const before = std::getenv("XDG_CACHE_HOME")) before_ = before;
    setenv("XDG_CACHE_HOME", home().c_str(), 1);
    setenv("RAVINE_TEST_LOADED_BY", told().c_str(), 1);
    fs::copy_file(testing::test_object("faulty/tells_its_process"), file());
  }
  void TearDown() override {
    unsetenv("RAVINE_TEST_LOADED_BY");
    if (before_.empty()) {
      unsetenv("XDG_CACHE_HOME");
    } else {
      setenv("XDG_CACHE_HOME", before_.c_str(), 1);
    }
  }

  const testing::unconfined all_;  // the plugin tells by writing to a file

  fs::path home() const { return folder_.path() / "cache"; }
  fs::path told() const { return folder_.path() / "told"; }
  fs::path file() const { return folder_.path() / "mine.so"; }
  /// The program's file in the cache.
  fs::path entry() const { return fs::directory_iterator(home() / "ravine")->path(); }

  looked_at_plugin look() const { return look_at_plugins(std::vector{file()}).front(); }
  std::size_t times_loaded() const {
    std::ifstream stream(told());
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(stream), {}, '\n'));
  }

 private:
  plugin_folder folder_;
  std::string before_;
};

TEST_F(description_cache_test, knows_a_content_again_wherever_it_lies) {
  const looked_at_plugin first = look();
  EXPECT_EQ(first.refusal, "");
  EXPECT_EQ(times_loaded(), 1U);
  fs::rename(file(), file().parent_path() / "other.so");
  fs::copy_file(file().parent_path() / "other.so", file());
  const looked_at_plugin second = look();
  EXPECT_EQ(times_loaded(), 1U);
  EXPECT_EQ(second.described.file.sha256, sha256_file(file()));
  ASSERT_EQ(second.described.components.size(), 1U);
  EXPECT_TRUE(is_described_as(second.described.components[0], first.described.components[0]));
}

TEST_F(description_cache_test, looks_at_a_changed_file_again) {
  look();
  std::ofstream(file(), std::ios::app) << "more";
  EXPECT_EQ(look().described.file.sha256, sha256_file(file()));
  EXPECT_EQ(times_loaded(), 2U);
}

TEST_F(description_cache_test, remembers_crashes_for_ever_and_timeouts_for_a_while) {
  fs::copy_file(testing::test_object("faulty/aborts"), file(), fs::copy_options::overwrite_existing);
  const std::string reason = look().refusal;
  EXPECT_THAT(reason, ::testing::StartsWith("while it was loaded, a plugin crashed: SIGABRT"));
  const description_cache after_a_crash;
  ASSERT_NE(after_a_crash.find(sha256_file(file())), nullptr);
  EXPECT_EQ(after_a_crash.find(sha256_file(file()))->refusal, reason);
  EXPECT_EQ(after_a_crash.find(sha256_file(file()))->until, 0);
  fs::copy_file(testing::test_object("faulty/sleeps"), file(), fs::copy_options::overwrite_existing);
  look();
  description_cache after_a_timeout;
  const known_plugin* const hanging = after_a_timeout.find(sha256_file(file()));
  ASSERT_NE(hanging, nullptr);
  EXPECT_THAT(hanging->refusal, ::testing::HasSubstr("took longer than 5 s"));
  EXPECT_GT(hanging->until, time(nullptr));
  known_plugin expired = *hanging;
  expired.until = time(nullptr) - 1;
  after_a_timeout.put(expired);
  EXPECT_EQ(after_a_timeout.find(sha256_file(file())), nullptr) << "it is looked at again";
}

TEST_F(description_cache_test, makes_a_damaged_file_again) {
  look();
  const auto size = static_cast<std::streamoff>(fs::file_size(entry()));
  for (std::streamoff place = 0; place < size; place += 1 + size / 40) {
    const std::size_t before = times_loaded();
    std::fstream damaged(entry(), std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekg(place);
    const auto byte = static_cast<char>(damaged.get() ^ 0x55);
    damaged.seekp(place);
    damaged.put(byte);
    damaged.close();
    EXPECT_EQ(look().refusal, "") << "byte " << place;
    EXPECT_EQ(times_loaded(), before + 1) << "byte " << place;
  }
  fs::resize_file(entry(), fs::file_size(entry()) / 2);
  EXPECT_EQ(look().refusal, "");
}

TEST_F(description_cache_test, does_not_believe_what_others_could_have_written) {
  look();
  fs::permissions(entry(), fs::perms::others_write, fs::perm_options::add);
  look();
  EXPECT_EQ(times_loaded(), 2U);
  fs::permissions(home() / "ravine", fs::perms::group_write, fs::perm_options::add);
  look();
  EXPECT_EQ(times_loaded(), 3U);
}

TEST_F(description_cache_test, is_not_needed) {
  for (const char* nowhere : {"/proc/nowhere", "/dev/null"}) {
    setenv("XDG_CACHE_HOME", nowhere, 1);
    EXPECT_EQ(look().refusal, "");
  }
  setenv("XDG_CACHE_HOME", "", 1);
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  unsetenv("HOME");
  EXPECT_EQ(look().refusal, "");
  EXPECT_EQ(times_loaded(), 3U);
  if (!home.empty()) setenv("HOME", home.c_str(), 1);
}

TEST_F(description_cache_test, forgets_files_that_are_gone) {
  const fs::path other = file().parent_path() / "other.so";
  fs::copy_file(testing::test_object("c_sign"), other);
  look_at_plugins(std::vector{other});
  const std::string digest = sha256_file(other);
  EXPECT_NE(description_cache().find(digest), nullptr);
  fs::remove(other);
  look();
  EXPECT_EQ(description_cache().find(digest), nullptr);
}

}  // namespace
}  // namespace ravine
