#include "data/idx.hpp"

#include "core/sha256.hpp"
#include "unit/data/data_support.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The reader of IDX files: raw and gzip, and every way in which a file can be bad.
namespace ravine {
namespace {

using testing::byte_string;
using testing::data_error_of;
using testing::gzipped;
using ::testing::HasSubstr;
using testing::idx_file;
using testing::operator+;
using ::testing::StartsWith;

using values = std::vector<std::uint8_t>;

const values twelve{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 128, 255};
const byte_string images = idx_file({2, 2, 3}, twelve);
const byte_string labels = idx_file({3}, {7, 0, 9});

std::string fault_of_images(const byte_string& file) {
  return data_error_of([&] { parse_idx_images(file, "images"); });
}

std::string fault_of_labels(const byte_string& file) {
  return data_error_of([&] { parse_idx_labels(file, "labels"); });
}

byte_string changed(byte_string file, std::size_t at, unsigned value) {
  file.at(at) = static_cast<std::byte>(value);
  return file;
}

byte_string first(const byte_string& file, std::size_t count) {
  return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(count)};
}

TEST(idx, reads_images_raw_and_gzip) {
  for (const byte_string& file : {images, gzipped(images)}) {
    const idx_images read = parse_idx_images(file, "images");
    EXPECT_EQ(read.count, 2U);
    EXPECT_EQ(read.rows, 2U);
    EXPECT_EQ(read.columns, 3U);
    EXPECT_EQ(read.pixels, twelve);
    EXPECT_EQ(read.sha256, sha256_hex(images)) << "of the uncompressed file";
  }
}

TEST(idx, reads_labels_raw_and_gzip) {
  for (const byte_string& file : {labels, gzipped(labels)}) {
    const idx_labels read = parse_idx_labels(file, "labels");
    EXPECT_EQ(read.values, (values{7, 0, 9}));
    EXPECT_EQ(read.sha256, sha256_hex(labels));
  }
}

TEST(idx, reads_gzip_of_several_members) {
  const byte_string file = gzipped(first(images, 9)) + gzipped({images.begin() + 9, images.end()});
  EXPECT_EQ(parse_idx_images(file, "images").pixels, twelve);
}

TEST(idx, reads_content_longer_than_the_pieces_in_which_it_is_decompressed) {
  values long_values(300'000);
  for (std::size_t i = 0; i < long_values.size(); ++i)
    long_values[i] = static_cast<std::uint8_t>(i * i % 251);
  const byte_string file = gzipped(idx_file({3, 100, 1000}, long_values));
  EXPECT_EQ(parse_idx_images(file, "images").pixels, long_values);
}

TEST(idx, says_what_a_wrong_magic_number_is) {
  EXPECT_EQ(fault_of_images(changed(images, 0, 'P')),
            "images: is not an IDX file: it begins with 50 00 08 03; expected images: 00 00 08 03, unsigned "
            "bytes in 3 dimensions");
  EXPECT_EQ(fault_of_images(changed(images, 2, 0x0D)),
            "images: has elements of type 0x0D (32-bit floats); expected images: 00 00 08 03, unsigned bytes "
            "in 3 dimensions");
  EXPECT_EQ(fault_of_images(labels + byte_string(20)),
            "images: has 1 dimension; expected images: 00 00 08 03, unsigned bytes in 3 dimensions");
  EXPECT_EQ(fault_of_labels(images),
            "labels: has 3 dimensions; expected labels: 00 00 08 01, unsigned bytes in 1 dimension");
}

TEST(idx, reports_a_short_file) {
  EXPECT_EQ(fault_of_images({}), "images: ends after 0 bytes; expected an IDX header of 16 bytes");
  EXPECT_EQ(fault_of_images(first(images, 15)),
            "images: ends after 15 bytes; expected an IDX header of 16 bytes");
  EXPECT_EQ(
      fault_of_images(first(images, 16 + 11)),
      "images: is short: its header announces 2 x 2 x 3 bytes of data, found 11; fetch or copy it again");
  EXPECT_EQ(fault_of_labels(first(labels, 8)),
            "labels: is short: its header announces 3 bytes of data, found 0; fetch or copy it again");
}

TEST(idx, reports_bytes_after_the_data) {
  for (const byte_string& file : {images + byte_string(1), gzipped(images + byte_string(1)),
                                  gzipped(images) + gzipped(byte_string(1))}) {
    EXPECT_EQ(fault_of_images(file),
              "images: goes on after the 2 x 2 x 3 bytes of data that its header announces");
  }
  EXPECT_EQ(fault_of_images(gzipped(images) + byte_string(5, std::byte{7})),
            "images: 5 bytes that are not gzip data follow the gzip data");
}

// As `gzip -d` does: tapes and archives copy whole blocks.
TEST(idx, ignores_zeros_that_fill_up_the_last_block_after_gzip) {
  const byte_string packed = gzipped(idx_file({2}, {3, 4}));
  for (const std::size_t zeros : {1U, 2U, 512U}) {
    EXPECT_EQ(parse_idx_labels(packed + byte_string(zeros), "labels").values, (values{3, 4})) << zeros;
  }
}

TEST(idx, reports_an_empty_dimension) {
  EXPECT_EQ(fault_of_images(idx_file({2, 0, 3}, {})),
            "images: announces 2 x 0 x 3 values: every dimension must be at least 1");
  EXPECT_EQ(fault_of_labels(idx_file({0}, {})),
            "labels: announces 0 values: every dimension must be at least 1");
}

// The product of the first overflows 64 bits.
TEST(idx, refuses_sizes_beyond_those_of_a_data_set) {
  constexpr std::uint32_t huge = 0xFFFFFFFF;
  for (const byte_string& file :
       {idx_file({huge, huge, huge}, twelve), gzipped(idx_file({huge, huge, huge}, twelve)),
        idx_file({1U << 20U, 1U << 20U, 1U << 20U}, twelve)}) {
    EXPECT_THAT(fault_of_images(file), StartsWith("images: announces "));
    EXPECT_THAT(fault_of_images(file), HasSubstr(" bytes of data; a data set may hold at most "));
  }
}

// It would fit, and must not be allocated on trust.
TEST(idx, does_not_believe_large_sizes) {
  EXPECT_EQ(
      fault_of_labels(idx_file({100'000'000}, {1})),
      "labels: is short: its header announces 100000000 bytes of data, found 1; fetch or copy it again");
}

TEST(idx, reports_truncated_gzip_at_every_length) {
  const byte_string file = gzipped(images);
  for (std::size_t length = 2; length < file.size(); ++length) {
    EXPECT_EQ(fault_of_images(first(file, length)),
              "images: gzip data is truncated: fetch or copy the file again")
        << length << " of " << file.size() << " bytes";
  }
}

TEST(idx, reports_corrupt_gzip) {
  const byte_string file = gzipped(images);
  EXPECT_EQ(fault_of_images(changed(file, 2, 7)),
            "images: gzip data is corrupt (unknown compression method)");
  EXPECT_EQ(
      fault_of_images(changed(file, file.size() - 8, std::to_integer<unsigned>(file[file.size() - 8]) ^ 1U)),
      "images: gzip data is corrupt (incorrect data check)");
  EXPECT_EQ(fault_of_images(changed(file, file.size() - 4, 1)),
            "images: gzip data is corrupt (incorrect length check)");
}

TEST(idx, names_a_file_that_is_missing_or_a_folder) {
  const testing::temporary_folder folder;
  const std::string missing = (folder / "none").string();
  EXPECT_EQ(data_error_of([&] { read_idx_images(missing); }), missing + ": cannot open: no such file");
  EXPECT_EQ(data_error_of([&] { read_idx_labels(folder.path()); }),
            folder.path().string() + ": cannot open: found a folder, expected a regular file");
}

TEST(idx, names_the_label_out_of_range) {
  EXPECT_EQ(data_error_of([] {
              check_labels(values{0, 9, 10, 11}, 10, "labels");
            }),
            "labels: label 10 of example 2 is out of range; expected 0 to 9");
  EXPECT_EQ(data_error_of([] { check_labels(values{0, 9}, 10, "labels"); }), "");
  EXPECT_EQ(
      data_error_of([] {  // EMNIST's letters
        check_labels(values{1, 26, 3}, 26, "labels");
      }),
      "labels: label 26 of example 1 is out of range; expected 0 to 25: these labels begin with 1, so give "
      "classes: 27; class 0 stays empty");
}

}  // namespace
}  // namespace ravine
