#include "data/data_source.hpp"
#include "data/dataset.hpp"
#include "unit/data/data_support.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

// Every kind of damage that a data file can have ends in an error that names the file, whatever it claims.
namespace ravine {
namespace {

namespace fs = std::filesystem;

using testing::byte_string;
using testing::data_error_of;
using testing::gzipped;
using testing::idx_file;
using testing::operator+;
using testing::write_file;

const std::vector<std::uint8_t> pixels{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
const byte_string images = idx_file({5, 2, 2}, pixels);
const byte_string packed = gzipped(images);

byte_string first(const byte_string& file, std::size_t count) {
  return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(count)};
}

/// With `bits` of one byte turned; a negative place counts from the end.
byte_string turned(byte_string file, std::ptrdiff_t place, unsigned bits) {
  file.at(place < 0 ? file.size() - static_cast<std::size_t>(-place) : static_cast<std::size_t>(place)) ^=
      static_cast<std::byte>(bits);
  return file;
}

byte_string text(std::string_view words) {
  const auto bytes = std::as_bytes(std::span(words));
  return {bytes.begin(), bytes.end()};
}

/// An announcement of one byte more than a data set may hold, or a little more.
byte_string too_large() {
  const auto count = static_cast<std::uint32_t>(most_dataset_bytes() / (1024 * 1024) + 1);
  return idx_file({count, 1024, 1024}, pixels);
}

struct damage {
  std::string kind;
  byte_string file;
  std::string fault;  ///< a part of the message, after the file's name
};

const std::vector<damage>& damaged_images() {
  constexpr std::uint32_t huge = 0xFFFFFFFF;
  static const std::vector<damage> all{
      {"empty", {}, "ends after 0 bytes; expected an IDX header of 16 bytes"},
      {"one byte", first(images, 1), "ends after 1 bytes"},
      {"a cut magic number", first(images, 3), "ends after 3 bytes"},
      {"a cut header", first(images, 15), "ends after 15 bytes"},
      {"no values", first(images, 16), "is short: its header announces 5 x 2 x 2 bytes of data, found 0"},
      {"one value lacking", first(images, 35), "found 19; fetch or copy it again"},
      {"one value too many", images + byte_string(1), "goes on after the 5 x 2 x 2 bytes"},
      {"another file after it", images + images, "goes on after the 5 x 2 x 2 bytes"},
      {"a web page", text("<!DOCTYPE html><title>404 Not Found</title>"),
       "is not an IDX file: it begins with 3C 21 44 4F"},
      {"a picture", text("\x89PNG\r\n\x1a\n and so on, and so on"), "it begins with 89 50 4E 47"},
      {"floating-point values", turned(images, 2, 0x05), "has elements of type 0x0D (32-bit floats)"},
      {"an unknown type", turned(images, 2, 0xF8), "has elements of type 0xF0 (no IDX type)"},
      {"no dimension", turned(images, 3, 3), "has 0 dimensions; expected images"},
      {"255 dimensions", turned(images, 3, 0xFC), "has 255 dimensions; expected images"},
      {"labels", idx_file({5}, {0, 1, 2, 0, 1}) + byte_string(9), "has 1 dimension; expected images"},
      {"no example", idx_file({0, 2, 2}, {}), "announces 0 x 2 x 2 values: every dimension"},
      {"no column", idx_file({5, 2, 0}, {}), "announces 5 x 2 x 0 values: every dimension"},
      {"a huge count", idx_file({huge, 1, 1}, pixels), "announces "},
      {"a product beyond 64 bits", idx_file({huge, huge, huge}, pixels),
       "announces 4294967295 x 4294967295 x 4294967295 bytes of data; a data set may hold at most"},
      {"a product of 0 modulo 2^64", idx_file({1U << 31U, 1U << 31U, 4}, pixels), "may hold at most"},
      {"more than a data set may hold", too_large(), "may hold at most"},
      {"the same, packed", gzipped(too_large()), "may hold at most"},
      {"a bomb", gzipped(images + byte_string(50'000'000)), "goes on after the 5 x 2 x 2 bytes"},
      {"a bomb of many members", packed + gzipped(byte_string(1'000'000)) + gzipped(byte_string(1'000'000)),
       "goes on after the 5 x 2 x 2 bytes"},
      {"gzip's magic number alone", first(packed, 2), "gzip data is truncated"},
      {"a cut gzip header", first(packed, 9), "gzip data is truncated"},
      {"gzip cut in its middle", first(packed, packed.size() / 2), "gzip data is truncated"},
      {"gzip without its last byte", first(packed, packed.size() - 1), "gzip data is truncated"},
      {"an unknown method of compression", turned(packed, 2, 1), "gzip data is corrupt (unknown compression"},
      {"unknown gzip flags", turned(packed, 3, 0xE0), "gzip data is corrupt (unknown header flags set)"},
      {"an invalid block", turned(packed, 10, 0x06), "gzip data is "},
      {"a wrong checksum", turned(packed, -8, 1), "gzip data is corrupt (incorrect data check)"},
      {"a wrong length", turned(packed, -1, 1), "gzip data is corrupt (incorrect length check)"},
      {"bytes after gzip", packed + byte_string(7, std::byte{7}),
       "7 bytes that are not gzip data follow the gzip data"},
      {"a cut second member", packed + first(packed, 10), "gzip data is truncated"},
      {"nothing, packed", gzipped({}), "ends after 0 bytes"},
      {"gzip in gzip", gzipped(packed), "is not an IDX file: it begins with 1F 8B"},
  };
  return all;
}

/// Four good files of 2 x 2 images, of which one is then replaced.
class damaged_files : public ::testing::Test {
 protected:
  damaged_files() {
    write_file(path("train_images"), images);
    write_file(path("train_labels"), idx_file({5}, {0, 1, 2, 0, 1}));
    write_file(path("test_images"), idx_file({1, 2, 2}, {20, 21, 22, 23}));
    write_file(path("test_labels"), idx_file({1}, {2}));
    for (const char* option : {"train_images", "train_labels", "test_images", "test_labels"}) {
      request_.with[option] = path(option).string();
    }
    request_.with["classes"] = std::int64_t{3};
  }

  fs::path path(const std::string& option) const { return folder_ / option; }

  std::string fault() const {
    return data_error_of([&] { load_dataset(request_); });
  }

 private:
  testing::temporary_folder folder_;
  data_request request_{"idx", {}};
};

TEST_F(damaged_files, are_named_with_their_damage) {
  EXPECT_EQ(fault(), "");
  for (const char* option : {"train_images", "test_images"}) {
    const byte_string good =
        option == std::string("train_images") ? images : idx_file({1, 2, 2}, {20, 21, 22, 23});
    for (const damage& each : damaged_images()) {
      write_file(path(option), each.file);
      EXPECT_THAT(fault(), ::testing::StartsWith(path(option).string() + ": ")) << each.kind;
      EXPECT_THAT(fault(), ::testing::HasSubstr(each.fault)) << each.kind;
    }
    write_file(path(option), good);
  }
}

TEST_F(damaged_files, may_be_no_files_at_all) {
  const fs::path labels = path("test_labels");
  const auto replaced = [&](auto make) {
    fs::remove_all(labels);
    make();
    return fault();
  };
  EXPECT_EQ(replaced([] {}), labels.string() + ": cannot open: no such file");
  EXPECT_THAT(replaced([&] { fs::create_directory(labels); }),
              ::testing::HasSubstr("found a folder, expected a regular file"));
  EXPECT_THAT(replaced([&] { fs::create_symlink("/dev/zero", labels); }),
              ::testing::HasSubstr("found a device, expected a regular file"));
  EXPECT_THAT(replaced([&] { mkfifo(labels.c_str(), 0600); }),
              ::testing::HasSubstr("found a FIFO, expected a regular file"));
  EXPECT_THAT(replaced([&] { fs::create_symlink(labels, labels); }), ::testing::HasSubstr("cannot open"));
}

// The file takes no room on the disk, and must take none in memory.
TEST_F(damaged_files, may_be_longer_than_a_data_set) {
  const std::uint64_t size = 2 * most_dataset_bytes();
  fs::resize_file(path("train_images"), size);
  EXPECT_THAT(fault(), ::testing::StartsWith(path("train_images").string() + ": is " + std::to_string(size) +
                                             " bytes long; expected at most "));
}

}  // namespace
}  // namespace ravine
