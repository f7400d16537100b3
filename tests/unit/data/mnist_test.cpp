#include "data/data_source.hpp"
#include "data/idx.hpp"
#include "data/published.hpp"
#include "unit/data/data_support.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Where MNIST is looked for, what is accepted as MNIST, and MNIST itself where its files are.
namespace ravine {
namespace {

namespace fs = std::filesystem;

using testing::data_error_of;
using testing::environment_variable;
using testing::gzipped;
using testing::idx_file;
using testing::temporary_folder;
using testing::write_file;

dataset_content load_mnist(split_sizes sizes) { return load_published(*find_published("mnist"), sizes); }

std::string fault() {
  return data_error_of([] { load_mnist({}); });
}

TEST(data_folders, are_ravine_data_then_the_users_data) {
  const environment_variable own("RAVINE_DATA", "/own");
  const environment_variable home("HOME", "/home/someone");
  {
    const environment_variable xdg("XDG_DATA_HOME", "/xdg");
    EXPECT_EQ(data_folders("mnist"), (std::vector<fs::path>{"/own/mnist", "/xdg/ravine/data/mnist"}));
  }
  const environment_variable xdg("XDG_DATA_HOME", std::nullopt);
  EXPECT_EQ(data_folders("mnist"),
            (std::vector<fs::path>{"/own/mnist", "/home/someone/.local/share/ravine/data/mnist"}));
}

TEST(data_folders, leave_out_what_is_not_set) {
  const environment_variable own("RAVINE_DATA", "");
  const environment_variable home("HOME", std::nullopt);
  const environment_variable xdg("XDG_DATA_HOME", std::nullopt);
  EXPECT_TRUE(data_folders("mnist").empty());
}

TEST(data_folders, are_searched_in_order_and_raw_before_gzip) {
  const temporary_folder first, second;
  const std::vector<fs::path> folders{first.path(), second.path()};
  EXPECT_EQ(find_data_file(folders, "images"), "");
  write_file(second / "images.gz", {});
  EXPECT_EQ(find_data_file(folders, "images"), second / "images.gz");
  write_file(second / "images", {});
  EXPECT_EQ(find_data_file(folders, "images"), second / "images");
  write_file(first / "images.gz", {});
  EXPECT_EQ(find_data_file(folders, "images"), first / "images.gz");
}

TEST(mnist, tells_what_to_do_when_files_are_missing) {
  const temporary_folder own, xdg;
  const environment_variable first("RAVINE_DATA", own.path().string());
  const environment_variable second("XDG_DATA_HOME", xdg.path().string());
  EXPECT_EQ(fault(), "mnist: there is no train-images-idx3-ubyte and no train-images-idx3-ubyte.gz in\n  " +
                         (own / "mnist").string() + "\n  " + (xdg / "ravine/data/mnist").string() +
                         "\nRun: ravine data fetch mnist");
}

/// A folder of four well-formed files that are not MNIST's.
class other_digits : public ::testing::Test {
 protected:
  other_digits() : own_("RAVINE_DATA", folder_.path().string()) {
    fs::create_directory(folder_ / "mnist");
    write_file(path("train-images-idx3-ubyte"), idx_file({1, 1, 1}, {7}));
    write_file(path("train-labels-idx1-ubyte.gz"), gzipped(idx_file({1}, {7})));
    write_file(path("t10k-images-idx3-ubyte.gz"), gzipped(idx_file({1, 1, 1}, {7})));
    write_file(path("t10k-labels-idx1-ubyte.gz"), gzipped(idx_file({1}, {7})));
  }
  fs::path path(const std::string& file) const { return folder_ / "mnist" / file; }

 private:
  temporary_folder folder_;
  environment_variable own_;
};

TEST_F(other_digits, are_refused_by_their_digest) {
  EXPECT_EQ(fault(),
            path("train-images-idx3-ubyte").string() +
                ": this is not MNIST's train-images-idx3-ubyte: SHA-256 of the uncompressed content is "
                "ec3e57dbf3cf55a23695325c212b7c2509e701910a80f23d8b6d837231d71644, expected "
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db\n"
                "If it is of another data set, name its files under data: {use: idx}. If it is a damaged "
                "copy, move it away and run: ravine data fetch mnist");
}

TEST_F(other_digits, are_reported_as_malformed_first) {
  write_file(path("t10k-labels-idx1-ubyte.gz"), gzipped(idx_file({2}, {7})));
  EXPECT_EQ(fault(), path("t10k-labels-idx1-ubyte.gz").string() +
                         ": is short: its header announces 2 bytes of data, found 1; fetch or copy it again");
}

TEST(content_fault, knows_right_content_raw_and_gzip) {
  const temporary_folder folder;
  const auto content = idx_file({3}, {7, 8, 9});
  const data_file expected{"labels", content.size(),
                           "e660eb3c65f6f20ad59af8d770abce5d8a3aa1cb11cb12eb3a1f5215b9fac6a9"};
  write_file(folder / "raw", content);
  EXPECT_EQ(content_fault(folder / "raw", expected), "");
  write_file(folder / "packed", gzipped(content));
  EXPECT_EQ(content_fault(folder / "packed", expected), "");
}

TEST(content_fault, says_what_is_wrong) {
  const temporary_folder folder;
  const auto content = idx_file({3}, {7, 8, 9});
  const data_file expected{"labels", content.size(), "00"};
  write_file(folder / "file", gzipped(content));
  EXPECT_EQ(content_fault(folder / "file", expected),
            "SHA-256 of the uncompressed content is "
            "e660eb3c65f6f20ad59af8d770abce5d8a3aa1cb11cb12eb3a1f5215b9fac6a9, expected 00");
  const std::vector<std::byte> bomb(10'000'000);
  for (const auto& longer : {bomb, gzipped(bomb)}) {
    write_file(folder / "file", longer);
    EXPECT_EQ(content_fault(folder / "file", expected), "more content than expected");
  }
  auto cut = gzipped(content);
  cut.resize(20);
  write_file(folder / "file", cut);
  EXPECT_EQ(content_fault(folder / "file", expected),
            "content: gzip data is truncated: fetch or copy the file again");
}

/// The files themselves, where they are.
class mnist_files_test : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const data_file& file : find_published("mnist")->files) {
      if (find_data_file(data_folders("mnist"), file.name).empty()) {
        GTEST_SKIP() << "MNIST is not here: there is no " << file.name
                     << " in RAVINE_DATA/mnist (run: ravine data fetch mnist)";
      }
    }
  }
};

std::vector<std::ptrdiff_t> class_counts(const image_set& part) {
  std::vector<std::ptrdiff_t> counts;
  for (std::uint8_t digit = 0; digit < 10; ++digit) {
    counts.push_back(std::ranges::count(part.labels, digit));
  }
  return counts;
}

// The counts of the whole are those that are published with the data.
TEST_F(mnist_files_test, hold_sixty_and_ten_thousand_digits) {
  const dataset_content data = load_mnist({});
  EXPECT_EQ(data.name, "mnist");
  EXPECT_EQ(data.shape, (std::vector<std::size_t>{28, 28}));
  EXPECT_EQ(data.classes, 10U);
  EXPECT_EQ(class_counts(data.train),
            (std::vector<std::ptrdiff_t>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}));
  EXPECT_EQ(class_counts(data.test),
            (std::vector<std::ptrdiff_t>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
  EXPECT_EQ(std::vector(data.train.labels.begin(), data.train.labels.begin() + 5),
            (std::vector<std::uint8_t>{5, 0, 4, 1, 9}));
}

TEST_F(mnist_files_test, are_split_by_default_into_fifty_ten_and_ten_thousand) {
  const dataset data = load_dataset({"mnist", {}});
  EXPECT_EQ(data.train.size(), 50'000U);
  EXPECT_EQ(data.validation.size(), 10'000U);
  EXPECT_EQ(data.test.size(), 10'000U);
  EXPECT_EQ(data.train.pixels.size(), 50'000U * 784);
  EXPECT_EQ(data.validation.pixels.size(), 10'000U * 784);
  EXPECT_EQ(class_counts(data.validation),
            (std::vector<std::ptrdiff_t>{1041, 1104, 971, 986, 1010, 899, 963, 1083, 931, 1012}));
  EXPECT_EQ(data.fingerprint, "b49297bbd265c0e55cd2a0a60243d66d0a50f55068580cdf2ec6093378f72e2e")
      << "the split is fixed for good";
}

TEST_F(mnist_files_test, name_the_source_when_the_split_is_impossible) {
  EXPECT_THAT(data_error_of([] { load_mnist({.validation = 60'000}); }),
              ::testing::StartsWith("mnist: `validation: 60000` leaves nothing to train on"));
}

}  // namespace
}  // namespace ravine
