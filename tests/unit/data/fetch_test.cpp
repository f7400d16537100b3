#include "data/published.hpp"
#include "unit/data/fetch_support.hpp"

#include <algorithm>
#include <chrono>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// Fetching files: what is kept, what is replaced, and what is reported. The mirrors are folders.
namespace ravine {
namespace {

namespace fs = std::filesystem;

using testing::byte_string;
using testing::data_error_of;
using ::testing::ElementsAre;
using testing::gzipped;
using ::testing::HasSubstr;
using testing::write_file;

class fetch : public testing::fetch_test {
 protected:
  /// The URL of a folder that has `numbers.gz` with these bytes.
  std::string mirror(const std::string& name, std::span<const std::byte> bytes) {
    fs::create_directory(root / name);
    write_file(root / name / "numbers.gz", bytes);
    return url(name);
  }
  std::string url(const std::string& name) const { return "file://" + (root / name).string() + "/"; }
};

TEST_F(fetch, brings_a_file_that_all_may_read) {
  const mode_t before = umask(077);
  const auto files = bring({mirror("one", packed)});
  umask(before);
  ASSERT_EQ(files.size(), 1U);
  expect_fetched(files[0]);
  EXPECT_TRUE(files[0].failures.empty());
  EXPECT_EQ(fs::status(files[0].path).permissions(), fs::perms(0644));
}

TEST_F(fetch, tells_how_far_it_is) {
  bring({mirror("one", packed)});
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.back().url, url("one") + "numbers.gz");
  EXPECT_EQ(seen.back().held, packed.size());
  EXPECT_EQ(seen.back().total, packed.size());
  EXPECT_TRUE(std::ranges::is_sorted(seen, {}, &progress::held));
}

TEST_F(fetch, accepts_a_mirror_that_decompresses) { expect_fetched(bring({mirror("one", content)})[0]); }

TEST_F(fetch, leaves_files_alone_that_are_there_and_right) {
  fs::create_directories(folder);
  for (const auto& [name, bytes] : {std::pair{"numbers.gz", packed}, std::pair{"numbers", content}}) {
    write_file(folder / name, bytes);
    fs::permissions(folder / name, fs::perms(0600));
    const auto files = bring({url("nowhere")});
    EXPECT_EQ(files[0].state, fetch_state::present);
    EXPECT_EQ(files[0].path, folder / name);
    EXPECT_EQ(fs::status(folder / name).permissions(), fs::perms(0600));
  }
  EXPECT_TRUE(seen.empty()) << "no mirror was asked";
}

TEST_F(fetch, replaces_a_wrong_file) {
  fs::create_directories(folder);
  write_file(folder / "numbers.gz", gzipped(byte_string(100)));
  expect_fetched(bring({mirror("one", packed)})[0]);
}

TEST_F(fetch, keeps_a_wrong_file_when_there_is_no_right_one) {
  fs::create_directories(folder);
  write_file(folder / "numbers.gz", gzipped(byte_string(100)));
  EXPECT_EQ(bring({url("nowhere")})[0].state, fetch_state::missing);
  EXPECT_THAT(names(), ElementsAre("numbers.gz"));
}

TEST_F(fetch, reports_a_wrong_raw_file_that_would_hide_the_download) {
  fs::create_directories(folder);
  write_file(folder / "numbers", byte_string(1));
  const auto files = bring({mirror("one", packed)});
  expect_missing(files[0]);
  ASSERT_EQ(files[0].failures.size(), 1U);
  EXPECT_EQ(files[0].failures[0].place, (folder / "numbers").string());
  EXPECT_EQ(files[0].failures[0].reason,
            "SHA-256 of the uncompressed content is "
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d, expected " +
                digest + "; move this file away first");
}

TEST_F(fetch, goes_on_to_the_next_mirror) {
  const auto files = bring({url("nowhere"), mirror("two", packed)});
  expect_fetched(files[0]);
  ASSERT_EQ(files[0].failures.size(), 1U);
  EXPECT_EQ(files[0].failures[0].place, url("nowhere") + "numbers.gz");
  EXPECT_EQ(files[0].failures[0].reason, "Couldn't open file " + (root / "nowhere/numbers.gz").string());
}

TEST_F(fetch, refuses_content_with_the_wrong_digest) {
  byte_string other = content;
  other[5000] ^= std::byte{1};
  const auto files = bring({mirror("one", gzipped(other)), mirror("two", packed)});
  expect_fetched(files[0]);
  ASSERT_EQ(files[0].failures.size(), 1U);
  EXPECT_EQ(files[0].failures[0].reason,
            "SHA-256 of the uncompressed content is " + sha256_hex(other) + ", expected " + digest);
}

TEST_F(fetch, reports_each_mirrors_reason_for_each_file) {
  published.push_back({"letters", 5, "00"});
  const auto files = bring({url("nowhere"), mirror("two", byte_string(20))});
  ASSERT_EQ(files.size(), 2U);
  expect_missing(files[0]);
  ASSERT_EQ(files[0].failures.size(), 2U);
  EXPECT_EQ(files[0].failures[1].place, url("two") + "numbers.gz");
  EXPECT_THAT(files[0].failures[1].reason, HasSubstr("expected " + digest));
  EXPECT_EQ(files[1].state, fetch_state::missing);
  EXPECT_EQ(files[1].path, folder / "letters.gz");
  ASSERT_EQ(files[1].failures.size(), 2U);
  EXPECT_EQ(files[1].failures[0].reason, "Couldn't open file " + (root / "nowhere/letters.gz").string());
  EXPECT_TRUE(names().empty()) << "nothing wrong is left behind";
}

TEST_F(fetch, goes_on_where_an_earlier_download_stopped) {
  for (const std::size_t kept : {std::size_t{1}, packed.size() / 2, packed.size()}) {
    fs::remove_all(folder);
    keep_part(kept);
    const auto files = bring({mirror("one", packed)});
    expect_fetched(files[0]);
    EXPECT_TRUE(files[0].failures.empty());
  }
}

TEST_F(fetch, begins_anew_when_what_was_kept_is_wrong) {
  fs::create_directories(folder);
  for (const std::size_t kept :
       {std::size_t{100}, packed.size(), packed.size() + 1, std::size_t{1'000'000}}) {
    fs::remove(folder / "numbers.gz");
    write_file(folder / "numbers.gz.part", byte_string(kept));
    expect_fetched(bring({mirror("one", packed)})[0]);
  }
}

TEST_F(fetch, keeps_what_it_has_when_no_mirror_can_go_on) {
  keep_part(1000);
  expect_missing(bring({url("nowhere")})[0]);
  EXPECT_THAT(names(), ElementsAre("numbers.gz.part"));
  EXPECT_EQ(fs::file_size(folder / "numbers.gz.part"), 1000U);
}

TEST_F(fetch, does_not_write_through_a_link) {
  fs::create_directories(folder);
  write_file(root / "precious", content);
  fs::create_symlink(root / "precious", folder / "numbers.gz.part");
  const auto files = bring({mirror("one", packed)});
  expect_missing(files[0]);
  EXPECT_THAT(files[0].failures.at(0).reason, HasSubstr("numbers.gz.part: cannot write: "));
  EXPECT_EQ(fs::file_size(root / "precious"), content.size());
}

TEST_F(fetch, reports_a_part_that_is_a_folder) {
  fs::create_directories(folder / "numbers.gz.part");
  const auto files = bring({mirror("one", packed)});
  expect_missing(files[0]);
  EXPECT_EQ(files[0].failures.at(0).reason,
            (folder / "numbers.gz.part").string() + ": cannot write: Is a directory");
}

TEST_F(fetch, does_not_share_a_folder_with_another_fetch) {
  fs::create_directories(folder);
  const int other = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  EXPECT_EQ(data_error_of([&] { bring({mirror("one", packed)}); }),
            folder.string() + ": another fetch works in this folder; wait until it has ended");
  close(other);
  expect_fetched(bring({url("one")})[0]);
}

TEST_F(fetch, reports_a_folder_that_can_not_be_made) {
  write_file(root / "deep", {});
  EXPECT_EQ(data_error_of([&] { bring({mirror("one", packed)}); }),
            folder.string() + ": cannot make the folder: Not a directory");
}

class mirrors : public ::testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(published, mirrors, ::testing::Values("mnist", "fashion_mnist", "kmnist"));

TEST_P(mirrors, are_several_and_safe) {
  const published_dataset& set = *find_published(GetParam());
  EXPECT_GE(set.mirrors.size(), 2U);
  for (const std::string& each : set.mirrors) {
    EXPECT_TRUE(each.starts_with("https://") && each.ends_with("/")) << each;
  }
}

}  // namespace
}  // namespace ravine
