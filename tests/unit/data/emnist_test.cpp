#include "data/emnist.hpp"

#include "data/zip.hpp"
#include "unit/data/data_support.hpp"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

// EMNIST's archive: a zip of IDX files.
namespace ravine {
namespace {

using testing::byte_string;
using testing::data_error_of;
using testing::gzipped;
using ::testing::HasSubstr;
using testing::idx_file;

const std::string archive_name = "gzip.zip";

byte_string& operator+=(byte_string& to, const byte_string& more) {
  to.insert(to.end(), more.begin(), more.end());
  return to;
}

byte_string little(std::uint64_t value, std::size_t size) {
  byte_string digits;
  for (std::size_t i = 0; i < size; ++i)
    digits.push_back(static_cast<std::byte>(i < 8 ? value >> (8 * i) : 0));
  return digits;
}

byte_string bytes_of(const std::string& text) {
  const auto* const first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

/// Deflated, without a header: what is between header and trailer of a gzip file without a name.
byte_string deflated(const byte_string& content) {
  const byte_string packed = gzipped(content);
  return {packed.begin() + 10, packed.end() - 8};
}

struct zip_entry {
  std::string file;
  byte_string content;
  unsigned method = 0;
};

byte_string zipped(const std::vector<zip_entry>& entries) {
  byte_string archive, directory;
  for (const zip_entry& each : entries) {
    const byte_string packed = each.method == 8 ? deflated(each.content) : each.content;
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(each.content.data()), each.content.size());
    byte_string facts = little(each.method, 2);
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{crc}, std::uint64_t{packed.size()},
                                       std::uint64_t{each.content.size()}}) {
      facts += little(number, 4);
    }
    facts += little(each.file.size(), 2);
    facts += little(0, 2);
    directory += little(0x02014b50, 4);
    directory += little(20, 2);
    directory += little(20, 2);
    directory += little(0, 2);
    directory += facts;
    directory += little(0, 10);
    directory += little(archive.size(), 4);
    directory += bytes_of(each.file);
    archive += little(0x04034b50, 4);
    archive += little(20, 2);
    archive += little(0, 2);
    archive += facts;
    archive += bytes_of(each.file);
    archive += packed;
  }
  const std::size_t offset = archive.size();
  archive += directory;
  archive += little(0x06054b50, 4);
  archive += little(0, 4);
  archive += little(entries.size(), 2);
  archive += little(entries.size(), 2);
  archive += little(directory.size(), 4);
  archive += little(offset, 4);
  archive += little(0, 2);
  return archive;
}

std::vector<zip_entry> letters() {
  const std::string head = "gzip/emnist-letters-";
  return {{"gzip/other.txt", bytes_of("not these")},
          {head + "train-images-idx3-ubyte.gz", gzipped(idx_file({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})), 8},
          {head + "train-labels-idx1-ubyte.gz", gzipped(idx_file({2}, {1, 26}))},
          {head + "test-images-idx3-ubyte.gz", gzipped(idx_file({1, 2, 2}, {9, 8, 7, 6}))},
          {head + "test-labels-idx1-ubyte.gz", gzipped(idx_file({1}, {2}))}};
}

TEST(emnist, is_read_upright_with_labels_from_0) {
  const dataset_content data =
      parse_emnist(zipped(letters()), emnist_collection_named("letters"), archive_name);
  EXPECT_EQ(data.shape, (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(data.classes, 26U);
  EXPECT_EQ(data.train.pixels, (std::vector<std::uint8_t>{1, 3, 2, 4, 5, 7, 6, 8}));
  EXPECT_EQ(data.train.labels, (std::vector<std::uint8_t>{0, 25}));
  EXPECT_EQ(data.test.labels, (std::vector<std::uint8_t>{1}));
}

TEST(emnist, refuses_what_is_not_as_published) {
  const auto fault = [](const byte_string& bytes, const char* which = "letters") {
    return data_error_of([&] { parse_emnist(bytes, emnist_collection_named(which), archive_name); });
  };
  EXPECT_EQ(fault(zipped(letters()), "balanced"),
            "gzip.zip: it holds no gzip/emnist-balanced-train-images-idx3-ubyte.gz");
  auto entries = letters();
  entries[2].content = gzipped(idx_file({2}, {0, 1}));
  EXPECT_EQ(
      fault(zipped(entries)),
      "gzip.zip: gzip/emnist-letters-train-labels-idx1-ubyte.gz: found the label 0, expected 1 or more");
  entries[2].content = gzipped(idx_file({2}, {1, 27}));
  EXPECT_THAT(fault(zipped(entries)), HasSubstr("gzip/emnist-letters-train-labels-idx1-ubyte.gz"));
}

TEST(zip, tells_damage) {
  const byte_string whole = zipped({{"a", bytes_of("some words, some words, some words"), 8}});
  const auto fault = [](const byte_string& bytes, std::uint64_t most = 1000, const char* file = "a") {
    return data_error_of([&] { extract_from_zip(bytes, file, most, archive_name); });
  };
  EXPECT_EQ(extract_from_zip(whole, "a", 1000, archive_name), bytes_of("some words, some words, some words"));
  EXPECT_EQ(fault(whole, 10), "gzip.zip: a is 34 bytes long, expected at most 10");
  EXPECT_EQ(fault(whole, 1000, "b"), "gzip.zip: it holds no b");
  EXPECT_THAT(fault({}), HasSubstr("this is no zip archive, or it is cut off"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(fault({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "") << size;
  }
  byte_string changed = whole;
  changed[33] ^= std::byte{1};  // of the deflated data
  EXPECT_THAT(fault(changed), HasSubstr("a is damaged"));
  byte_string encrypted = whole;
  encrypted[encrypted.size() - 22 - 47 + 8] = std::byte{1};
  EXPECT_EQ(fault(encrypted), "gzip.zip: a is encrypted");
}

}  // namespace
}  // namespace ravine
