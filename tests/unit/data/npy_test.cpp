#include "data/npy.hpp"

#include "unit/data/table_support.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// NumPy's arrays, and what else a file may hold.
namespace ravine {
namespace {

using testing::byte_string;
using testing::bytes_of;
using testing::data_error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::npy_dictionary;
using testing::npy_file;
using ::testing::StartsWith;

std::string fault(const byte_string& file) {
  return data_error_of([&] { parse_npy(file, "X.npy"); });
}

/// numpy.save of numpy.array([[1.5, -2], [3, .25]], '<f4'), by NumPy 1.24 in versions 1.0 and 2.0.
byte_string written_by_numpy(int version) {
  using namespace std::string_literals;
  const std::string head = version == 1 ? "\x93NUMPY\x01\x00v\x00"s : "\x93NUMPY\x02\x00t\x00\x00\x00"s;
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
  const std::size_t padding = 128 - head.size() - dictionary.size() - 1;
  return bytes_of(head + dictionary + std::string(padding, ' ') + "\n" +
                  "\x00\x00\xc0?\x00\x00\x00\xc0\x00\x00@@\x00\x00\x80>"s);
}

TEST(npy, reads_what_numpy_writes) {
  for (const int version : {1, 2}) {
    const npy_array array = parse_npy(written_by_numpy(version), "X.npy");
    EXPECT_EQ(array.type, npy_type::float32);
    EXPECT_THAT(array.shape, ElementsAre(2, 2));
    EXPECT_EQ(array.row_size(), 2U);
    EXPECT_THAT(npy_floats(array, "X.npy"), ElementsAre(1.5F, -2.0F, 3.0F, 0.25F));
  }
}

TEST(npy, reads_each_type) {
  const auto floats = [](const byte_string& file) { return npy_floats(parse_npy(file, "X.npy"), "X.npy"); };
  EXPECT_THAT(floats(npy_file<std::uint8_t>(npy_dictionary("|u1", "(2,)"), {0, 255})), ElementsAre(0, 255));
  EXPECT_THAT(floats(npy_file<std::int32_t>(npy_dictionary("<i4", "(2,)"), {-5, 7})), ElementsAre(-5, 7));
  EXPECT_THAT(floats(npy_file<std::int64_t>(npy_dictionary("<i8", "(2, 1)"), {-5, 7})), ElementsAre(-5, 7));
  EXPECT_THAT(floats(npy_file<double>(npy_dictionary("<f8", "(1, 2)"), {0.5, 1e30})),
              ElementsAre(0.5F, 1e30F));
}

TEST(npy, reads_keys_in_any_order_and_quotes) {
  const auto array = parse_npy(
      npy_file<std::uint8_t>(R"({"shape":(3,),"fortran_order":False,"descr":"|u1"})", {1, 2, 3}), "X.npy");
  EXPECT_THAT(array.shape, ElementsAre(3));
}

TEST(npy, labels_are_a_column_of_small_whole_numbers) {
  const auto labels = [](const byte_string& file) { return npy_labels(parse_npy(file, "y.npy"), "y.npy"); };
  const auto label_fault = [&](const byte_string& file) { return data_error_of([&] { labels(file); }); };
  EXPECT_THAT(labels(npy_file<std::int64_t>(npy_dictionary("<i8", "(3,)"), {2, 0, 255})),
              ElementsAre(2, 0, 255));
  EXPECT_THAT(labels(npy_file<std::int32_t>(npy_dictionary("<i4", "(2, 1)"), {1, 0})), ElementsAre(1, 0));
  EXPECT_EQ(
      label_fault(npy_file<std::int32_t>(npy_dictionary("<i4", "(2,)"), {1, -1})),
      "y.npy: label -1 of row 1 (from 0) is out of range; expected 0 to 255: number the classes from 0, as "
      "numpy.unique(y, return_inverse=True)[1] does");
  EXPECT_THAT(label_fault(npy_file<std::int64_t>(npy_dictionary("<i8", "(1,)"), {1LL << 40})),
              HasSubstr("label 1099511627776 of row 0"));
  EXPECT_THAT(label_fault(npy_file<double>(npy_dictionary("<f8", "(1,)"), {0.5})),
              StartsWith("y.npy: holds real numbers (float64), expected whole numbers that name classes; "
                         "to predict the numbers, give task: regression"));
  EXPECT_THAT(label_fault(npy_file<std::int32_t>(npy_dictionary("<i4", "(1, 2)"), {1, 0})),
              HasSubstr("has the shape (1, 2), expected one label for each example"));
}

TEST(npy, targets_are_a_column_of_finite_numbers) {
  const auto targets = [](const byte_string& file) { return npy_targets(parse_npy(file, "y.npy"), "y.npy"); };
  EXPECT_THAT(targets(npy_file<double>(npy_dictionary("<f8", "(3,)"), {2.5, -1, 0})),
              ElementsAre(2.5, -1, 0));
  EXPECT_THAT(targets(npy_file<std::int32_t>(npy_dictionary("<i4", "(2, 1)"), {7, -300})),
              ElementsAre(7, -300));
  EXPECT_EQ(data_error_of([&] {
              targets(npy_file<double>(npy_dictionary("<f8", "(2,)"),
                                       {0.5, std::numeric_limits<double>::infinity()}));
            }),
            "y.npy: row 1, value 0 (both from 0) is inf; expected a finite number; remove or replace it");
  EXPECT_EQ(data_error_of([&] {
              targets(npy_file<float>(npy_dictionary("<f4", "(1, 2)"), {1, 0}));
            }),
            "y.npy: has the shape (1, 2), expected one number for each example: (n,) or (n, 1)");
}

TEST(npy, shape_is_read_off_the_header) {
  const testing::temporary_folder folder;
  const auto file = folder / "X.npy";
  testing::write_file(file, npy_file<std::int32_t>(npy_dictionary("<i4", "(2, 3, 1)"), {1, 2, 3, 4, 5, 6}));
  EXPECT_THAT(read_npy_shape(file), ElementsAre(2, 3, 1));
  testing::write_file(file, testing::bytes_of("PK"));
  EXPECT_THAT(data_error_of([&] { read_npy_shape(file); }), HasSubstr("X.npy: is an .npz archive"));
}

TEST(npy, values_must_be_finite) {
  const auto float_fault = [](const byte_string& file) {
    return data_error_of([&] { npy_floats(parse_npy(file, "X.npy"), "X.npy"); });
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(float_fault(npy_file<float>(npy_dictionary("<f4", "(2, 3)"), {0, 0, 0, 0, 0, nan})),
            "X.npy: row 1, value 2 (both from 0) is nan; expected a finite number; remove or replace it");
  EXPECT_EQ(float_fault(npy_file<double>(npy_dictionary("<f8", "(1, 1)"), {1e300})),
            "X.npy: row 0, value 0 (both from 0) is 1e+300; expected a finite number that a 32-bit float can "
            "hold; remove or replace it");
}

TEST(npy, says_what_is_wrong_with_a_file) {
  const std::vector<float> six(6);
  const auto with_shape = [&](const std::string& shape) {
    return fault(npy_file<float>(npy_dictionary("<f4", shape), six));
  };
  EXPECT_EQ(with_shape("(2, 3)"), "");
  EXPECT_EQ(with_shape("(2, 4)"),
            "X.npy: is short: float32 values of the shape (2, 4) are more than its 24 bytes of data; copy it "
            "again");
  EXPECT_EQ(with_shape("(2, 2)"), "X.npy: goes on after the 16 bytes of its array: found 24");
  EXPECT_THAT(with_shape("(9223372036854775807, 9223372036854775807)"), HasSubstr("is short"));
  EXPECT_THAT(with_shape("(4294967296, 4294967296, 1)"), HasSubstr("is short"));
  EXPECT_THAT(with_shape("(0, 3)"), HasSubstr("every dimension must be at least 1"));
  EXPECT_THAT(with_shape("()"), HasSubstr("holds a single number"));
  EXPECT_THAT(with_shape("(1, 1, 1, 1, 1, 1, 1, 1, 1, 6)"), HasSubstr("a tuple of at most 9 whole numbers"));
  EXPECT_THAT(with_shape("(-2, 3)"), HasSubstr("whole numbers"));
  EXPECT_THAT(with_shape("(99999999999999999999, 3)"), HasSubstr("whole numbers"));
  EXPECT_THAT(with_shape("(2 3)"), HasSubstr("expected a comma or )"));
  EXPECT_THAT(fault(npy_file<float>(npy_dictionary(">f4", "(2, 3)"), six)),
              HasSubstr("holds values of the type '>f4', expected uint8, int32, int64, float32 or float64"));
  EXPECT_THAT(fault(npy_file<float>(npy_dictionary("|O", "(2, 3)"), six)), HasSubstr("type '|O'"));
  EXPECT_THAT(fault(npy_file<float>("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", six)),
              HasSubstr("is in Fortran order, expected C order; save numpy.ascontiguousarray(X)"));
  EXPECT_THAT(
      fault(npy_file<float>("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", six)),
      HasSubstr("holds records with named fields"));
  EXPECT_THAT(fault(npy_file<float>("{'descr': '<f4', 'fortran_order': False, }", six)),
              HasSubstr("expected the keys descr, fortran_order and shape"));
  EXPECT_THAT(fault(npy_file<float>("__import__('os')", six)),
              HasSubstr("has a header that can't be read, at its character 1: expected {"));
}

TEST(npy, says_what_is_no_such_file) {
  EXPECT_THAT(fault({}), HasSubstr("is not a .npy file"));
  EXPECT_THAT(fault(bytes_of("1,2,3\n")), HasSubstr("is not a .npy file: it doesn't begin with 93 NUMPY"));
  EXPECT_THAT(fault(bytes_of("PK\x03\x04")), HasSubstr("is an .npz archive; save each array on its own"));
  const byte_string whole = written_by_numpy(2);
  for (std::size_t size = 6; size < whole.size(); ++size) {
    EXPECT_THAT(fault({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}),
                StartsWith("X.npy: "))
        << size;
  }
  byte_string other = whole;
  other[6] = std::byte{3};
  EXPECT_THAT(fault(other), HasSubstr("is of version 3 of the .npy format, expected 1 or 2"));
  other = whole;
  other[10] = std::byte{0xFF};
  EXPECT_THAT(fault(other), HasSubstr("bytes, expected at most 10000"));
}

}  // namespace
}  // namespace ravine
