#include "data/published.hpp"

#include "core/sha256.hpp"
#include "data/fetch.hpp"
#include "unit/data/fetch_support.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Data sets in the form of MNIST whose .gz files alone have published digests, and files in the wrong folder.
namespace ravine {
namespace {

namespace fs = std::filesystem;

using testing::byte_string;
using testing::data_error_of;
using testing::environment_variable;
using testing::gzipped;
using ::testing::HasSubstr;
using testing::idx_file;
using ::testing::StartsWith;
using testing::temporary_folder;
using testing::write_file;

constexpr std::size_t train_count = 60'000, test_count = 10'000, side = 28;

/// Images whose pixels sum to `ink`: as even as possible.
byte_string inked_images(std::uint32_t count, std::uint64_t ink) {
  std::vector<std::uint8_t> pixels(count * side * side,
                                   static_cast<std::uint8_t>(ink / (count * side * side)));
  const std::uint64_t more = ink % (count * side * side);
  for (std::uint64_t i = 0; i < more; ++i) ++pixels[i];
  return idx_file({count, side, side}, pixels);
}

byte_string ten_labels(std::uint32_t count) {
  std::vector<std::uint8_t> values(count);
  for (std::uint32_t i = 0; i < count; ++i) values[i] = static_cast<std::uint8_t>(i % 10);
  return idx_file({count}, values);
}

const published_dataset& set_named(const char* name) { return *find_published(name); }

/// A folder of four files in the form of Fashion-MNIST, with the sum of its pixels.
class published_files : public ::testing::Test {
 protected:
  published_files() : own_("RAVINE_DATA", folder_.path().string()), xdg_("XDG_DATA_HOME", std::nullopt) {}

  void fill(const std::string& name) const {
    fs::create_directories(folder_ / name);
    write_file(path(name, "train-images-idx3-ubyte"),
               inked_images(train_count, set_named("fashion_mnist").ink));
    write_file(path(name, "train-labels-idx1-ubyte"), ten_labels(train_count));
    write_file(path(name, "t10k-images-idx3-ubyte"), inked_images(test_count, 5));
    write_file(path(name, "t10k-labels-idx1-ubyte"), ten_labels(test_count));
  }
  fs::path path(const std::string& name, const std::string& file) const { return folder_ / name / file; }
  static std::string fault(const char* name) {
    return data_error_of([&] { load_published(set_named(name), {}); });
  }

 private:
  temporary_folder folder_;
  environment_variable own_, xdg_;
};

TEST_F(published_files, are_accepted_unpacked_by_shape_classes_and_ink) {
  fill("fashion_mnist");
  const dataset_content data = load_published(set_named("fashion_mnist"), {.validation = 10'000});
  EXPECT_EQ(data.name, "fashion_mnist");
  EXPECT_EQ(data.train.size(), 50'000U);
  EXPECT_EQ(data.validation.size(), 10'000U);
  EXPECT_EQ(data.test.size(), test_count);
}

TEST_F(published_files, are_told_whose_they_are_under_other_names) {
  for (const char* name : {"mnist", "kmnist"}) {
    fill(name);
    EXPECT_EQ(fault(name), path(name, "train-images-idx3-ubyte").string() +
                               ": these are Fashion-MNIST's images: use fashion_mnist (its files belong "
                               "into a folder fashion_mnist)");
    EXPECT_EQ(owner_of(path(name, "train-images-idx3-ubyte"), set_named(name)), &set_named("fashion_mnist"));
  }
  EXPECT_EQ(owner_of(path("mnist", "train-labels-idx1-ubyte"), set_named("mnist")), nullptr);
  EXPECT_EQ(owner_of(path("mnist", "nothing"), set_named("mnist")), nullptr);
}

TEST_F(published_files, are_refused_by_what_is_known_of_them) {
  fill("fashion_mnist");
  const fs::path train = path("fashion_mnist", "train-images-idx3-ubyte");
  write_file(train, inked_images(train_count, 7));
  EXPECT_THAT(fault("fashion_mnist"),
              StartsWith(train.string() + ": this is not Fashion-MNIST's train-images-idx3-ubyte: its pixels "
                                          "sum to 7, expected 3431114169\nIf it is of another data set, "));
  write_file(train, inked_images(100, 7));
  EXPECT_THAT(fault("fashion_mnist"), HasSubstr("it holds 100 images of 28 x 28, expected 60000 of 28 x 28"));
  fill("kmnist");
  write_file(path("kmnist", "train-images-idx3-ubyte"), inked_images(train_count, 7));
  write_file(path("kmnist", "t10k-labels-idx1-ubyte"), idx_file({10}, std::vector<std::uint8_t>(10, 3)));
  EXPECT_THAT(fault("kmnist"), HasSubstr("it has 0 labels 0, expected 1000 of each class"));
}

TEST_F(published_files, are_refused_packed_by_the_digest_of_the_gz) {
  fill("kmnist");
  const byte_string packed = gzipped(inked_images(1, 7));
  fs::remove(path("kmnist", "train-images-idx3-ubyte"));
  write_file(path("kmnist", "train-images-idx3-ubyte.gz"), packed);
  EXPECT_THAT(fault("kmnist"),
              HasSubstr("this is not Kuzushiji-MNIST's train-images-idx3-ubyte: SHA-256 of the .gz is " +
                        sha256_hex(packed) +
                        ", expected 51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"));
}

TEST_F(published_files, that_are_missing_say_what_to_run) {
  EXPECT_THAT(fault("kmnist"), HasSubstr("\nRun: ravine data fetch kmnist"));
}

/// A published file of which the digest of the .gz alone is known.
class fetch_packed : public testing::fetch_test {
 protected:
  fetch_packed() {
    packed_digest_ = sha256_hex(packed);
    published = {{"numbers", content.size(), "", packed_digest_}};
  }
  std::string mirror(std::span<const std::byte> bytes) const {
    fs::create_directory(root / "mirror");
    write_file(root / "mirror/numbers.gz", bytes);
    return "file://" + (root / "mirror").string() + "/";
  }

 private:
  std::string packed_digest_;
};

TEST_F(fetch_packed, is_right_by_the_digest_of_the_gz) {
  const auto files = bring({mirror(packed)});
  EXPECT_EQ(files[0].state, fetch_state::fetched);
  EXPECT_EQ(bring({})[0].state, fetch_state::present);
}

TEST_F(fetch_packed, is_refused_when_packed_anew_or_not_at_all) {
  byte_string other = packed;
  other.push_back(std::byte{0});
  EXPECT_THAT(bring({mirror(other)})[0].failures.at(0).reason, StartsWith("SHA-256 of the .gz is "));
  EXPECT_THAT(bring({mirror(content)})[0].failures.at(0).reason,
              StartsWith("not packed; only the SHA-256 of the .gz is published"));
}

TEST_F(fetch_packed, takes_a_raw_file_by_its_size) {
  fs::create_directories(folder);
  write_file(folder / "numbers", content);
  EXPECT_EQ(bring({})[0].state, fetch_state::present);
  write_file(folder / "numbers", std::span(content).first(10));
  EXPECT_EQ(bring({})[0].failures.at(0).reason,
            "is 10 bytes long, expected 10000; move this file away first");
}

TEST_F(fetch_packed, leaves_another_data_sets_file_alone) {
  fs::create_directories(folder);
  const byte_string others = gzipped(byte_string(100));
  write_file(folder / "numbers.gz", others);
  const auto files = fetch_files({.files = published,
                                  .mirrors = std::vector{mirror(packed)},
                                  .folder = folder,
                                  .owner = [](const fs::path&) { return "this file is of others"; }},
                                 [](const auto&...) {});
  EXPECT_EQ(files[0].state, fetch_state::missing);
  ASSERT_EQ(files[0].failures.size(), 1U);
  EXPECT_EQ(files[0].failures[0].reason, "this file is of others");
  EXPECT_EQ(fs::file_size(folder / "numbers.gz"), others.size());
}

}  // namespace
}  // namespace ravine
