#include "data/table_source.hpp"

#include "data/data_source.hpp"
#include "unit/data/table_support.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The sources npy and csv: from files to the parts of a data set.
namespace ravine {
namespace {

using testing::bytes_of;
using testing::data_error_of;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using testing::npy_dictionary;
using testing::npy_file;
using testing::write_file;

template <class T>
std::vector<T> listed(std::span<const T> values) {
  return {values.begin(), values.end()};
}

class table_source : public ::testing::Test {
 protected:
  std::string put(const std::string& name, std::span<const std::byte> content) const {
    write_file(folder_ / name, content);
    return (folder_ / name).string();
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// Ten rows of (i, 100, -2 i) with class i mod 3.
  data_request arrays() const {
    std::vector<float> rows;
    std::vector<std::int64_t> labels;
    for (int i = 0; i < 10; ++i) {
      for (const int value : {i, 100, -2 * i}) rows.push_back(static_cast<float>(value));
      labels.push_back(i % 3);
    }
    return {"npy",
            {{"features", put("X.npy", npy_file(npy_dictionary("<f4", "(10, 3)"), rows))},
             {"labels", put("y.npy", npy_file(npy_dictionary("<i8", "(10,)"), labels))}}};
  }
  data_request table(const std::string& text) const {
    return {"csv", {{"file", put("t.csv", bytes_of(text))}}};
  }
  static std::string fault(const data_request& request) {
    return data_error_of([&] { load_dataset(request); });
  }

 private:
  testing::temporary_folder folder_;
};

TEST_F(table_source, npy_sets_a_fifth_aside_to_test_on) {
  const dataset data = load_dataset(arrays());
  EXPECT_EQ(data.name, "npy");
  EXPECT_THAT(data.shape, ElementsAre(3));
  EXPECT_EQ(data.classes, 3U);
  EXPECT_EQ(data.train.size(), 8U);
  EXPECT_EQ(data.validation.size(), 0U);
  EXPECT_EQ(data.test.size(), 2U);
  EXPECT_EQ(data.fingerprint, content_fingerprint(data));
  for (const image_set& part : {data.train, data.test}) {
    ASSERT_EQ(part.values.size(), 3 * part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
      const auto row = part.values.subspan(3 * i, 3);
      EXPECT_EQ(static_cast<int>(row[0]) % 3, part.labels[i]);
      EXPECT_EQ(row[1], 100);
      EXPECT_EQ(row[2], -2 * row[0]);
    }
  }
}

TEST_F(table_source, every_example_is_in_one_part_and_the_seed_says_which) {
  data_request request = arrays();
  request.with["test"] = std::int64_t{3};
  request.with["validation"] = std::int64_t{2};
  const dataset data = load_dataset(request);
  std::vector<float> firsts;
  for (const image_set& part : {data.train, data.validation, data.test}) {
    for (std::size_t i = 0; i < part.size(); ++i) firsts.push_back(part.values[3 * i]);
  }
  EXPECT_EQ(data.validation.size(), 2U);
  EXPECT_EQ(data.test.size(), 3U);
  std::ranges::sort(firsts);
  EXPECT_THAT(firsts, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_EQ(load_dataset(request).fingerprint, data.fingerprint);
  request.with["split_seed"] = std::int64_t{2};
  EXPECT_NE(load_dataset(request).fingerprint, data.fingerprint);
}

TEST_F(table_source, npy_takes_bytes_for_pixels_of_any_shape) {
  const std::vector<std::uint8_t> pixels{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255};
  data_request request{
      "npy",
      {{"features", put("X.npy", npy_file(npy_dictionary("|u1", "(3, 2, 2)"), pixels))},
       {"labels", put("y.npy", npy_file<std::int32_t>(npy_dictionary("<i4", "(3,)"), {0, 1, 0}))}}};
  const dataset data = load_dataset(request);
  EXPECT_THAT(data.shape, ElementsAre(2, 2));
  EXPECT_EQ(data.train.pixels.size() + data.test.pixels.size(), 12U);
  EXPECT_TRUE(data.train.values.empty());
}

TEST_F(table_source, npy_tests_on_files_of_their_own) {
  data_request request = arrays();
  request.with["test_features"] =
      put("Xt.npy", npy_file<float>(npy_dictionary("<f4", "(2, 3)"), {1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(fault(request), "npy: found one of test_features and test_labels; expected both, or neither");
  request.with["test_labels"] = put("yt.npy", npy_file<std::uint8_t>(npy_dictionary("|u1", "(2,)"), {1, 4}));
  const dataset data = load_dataset(request);
  EXPECT_EQ(data.train.size(), 10U);
  EXPECT_THAT(listed(data.test.values), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(data.classes, 5U) << "the largest label of all";
  request.with["test"] = std::int64_t{1};
  EXPECT_EQ(fault(request), "npy: found `test: 1` and a file for the test; expected one of the two");
  request.with.erase("test");
  put("Xt.npy", npy_file<float>(npy_dictionary("<f4", "(2, 2)"), {1, 2, 3, 4}));
  EXPECT_EQ(fault(request), path("X.npy") + " holds examples of shape (3), but " + path("Xt.npy") +
                                " of (2): expected one shape");
}

TEST_F(table_source, npy_reports_files_that_do_not_belong_together) {
  const data_request request = arrays();
  put("y.npy", npy_file<std::int32_t>(npy_dictionary("<i4", "(2,)"), {0, 1}));
  EXPECT_EQ(fault(request), path("X.npy") + " holds 10 examples, but " + path("y.npy") +
                                " holds 2 labels: expected as many labels as examples");
  put("y.npy", npy_file(npy_dictionary("|u1", "(10,)"), std::vector<std::uint8_t>(10)));
  EXPECT_EQ(fault(request), path("y.npy") + ": all examples are of one class; expected at least two");
}

// By hand: 0 … 3 has the mean 1.5 and the variance 1.25.
TEST_F(table_source, standardizes_by_the_training_part) {
  data_request request = table("0,7,a\n1,7,b\n2,7,a\n3,7,b\n");
  request.with["test_file"] = put("test.csv", bytes_of("4,7,a\n0,9,b\n"));
  request.with["standardize"] = true;
  const dataset data = load_dataset(request);
  const auto z = [](double x) { return FloatNear(static_cast<float>((x - 1.5) / std::sqrt(1.25)), 1e-6F); };
  EXPECT_THAT(listed(data.train.values), ElementsAre(z(0), 0, z(1), 0, z(2), 0, z(3), 0));
  EXPECT_THAT(listed(data.test.values), ElementsAre(z(4), 0, z(0), 2)) << "a constant feature is centred";
}

TEST_F(table_source, standardizes_large_values_with_a_small_spread_and_pixels) {
  dataset_content data;
  data.shape = {1};
  data.train.values = {1e6F, 1e6F + 1, 1e6F, 1e6F + 1};
  data.train.labels = {0, 1, 0, 1};
  standardize(data);
  EXPECT_THAT(data.train.values, ElementsAre(-1, 1, -1, 1));
  data.train = {{10, 20, 10, 20}, {0, 1, 0, 1}};
  standardize(data);
  EXPECT_THAT(data.train.values, ElementsAre(-1, 1, -1, 1));
  EXPECT_TRUE(data.train.pixels.empty());
}

TEST_F(table_source, csv_numbers_the_test_files_classes_as_in_training) {
  data_request request = table("x,y\n1,a\n2,b\n3,c\n");
  request.with["test_file"] = put("test.csv", bytes_of("x,y\n4,c\n5,b\n"));
  const dataset data = load_dataset(request);
  EXPECT_THAT(listed(data.test.labels), ElementsAre(2, 1));
  EXPECT_EQ(data.classes, 3U);
  EXPECT_EQ(data.name, "csv");
  put("test.csv", bytes_of("x,y\n4,d\n5,b\n"));
  EXPECT_EQ(fault(request), path("test.csv") + ": class d is not among those of the training file: a, b, c");
  put("test.csv", bytes_of("z,y\n4,a\n"));
  EXPECT_EQ(fault(request), path("test.csv") + " has the features z, but " + path("t.csv") +
                                " has x: expected the same columns");
}

// By hand: 1, 3, 5, 7 has the mean 4 and the variance 5.
TEST_F(table_source, regression_has_a_number_for_each_example_in_every_part) {
  data_request request = table("1,10\n3,30\n5,50\n7,70\n9,90\n");
  request.with["task"] = std::string("regression");
  request.with["target"] = std::string("1");
  request.with["validation"] = std::int64_t{1};
  const dataset data = load_dataset(request);
  EXPECT_TRUE(data.is_regression());
  EXPECT_EQ(data.fingerprint, content_fingerprint(data));
  EXPECT_EQ(data.train.size(), 3U);
  for (const image_set& part : {data.train, data.validation, data.test}) {
    EXPECT_TRUE(part.labels.empty());
    ASSERT_EQ(part.targets.size(), part.size());
    for (std::size_t i = 0; i < part.size(); ++i) EXPECT_EQ(part.values[i], 10 * part.targets[i]);
  }
  request = table("1,10\n3,10\n5,10\n7,10\n");
  request.with["task"] = std::string("regression");
  request.with["target"] = std::string("1");
  request.with["test_file"] = put("test.csv", bytes_of("14,10\n"));
  request.with["standardize"] = true;
  const dataset scaled = load_dataset(request);
  const auto z = [](double x) { return FloatNear(static_cast<float>((x - 4) / std::sqrt(5)), 1e-6F); };
  EXPECT_THAT(listed(scaled.train.targets), ElementsAre(z(1), z(3), z(5), z(7)));
  EXPECT_THAT(listed(scaled.test.targets), ElementsAre(z(14)));
}

TEST_F(table_source, npy_predicts_numbers_from_pixels_or_values) {
  const std::vector<std::uint8_t> pixels{0, 1, 2, 3, 4, 5};
  data_request request{
      "npy",
      {{"features", put("X.npy", npy_file(npy_dictionary("|u1", "(3, 2)"), pixels))},
       {"labels", put("y.npy", npy_file<float>(npy_dictionary("<f4", "(3,)"), {0.5, 2.5, 4.5}))}}};
  EXPECT_THAT(fault(request), HasSubstr("to predict the numbers, give task: regression"));
  request.with["task"] = std::string("regression");
  const dataset data = load_dataset(request);
  for (std::size_t i = 0; i < data.train.size(); ++i)
    EXPECT_EQ(data.train.pixels[2 * i], data.train.targets[i] - 0.5F);
  put("y.npy", npy_file<float>(npy_dictionary("<f4", "(2,)"), {0.5, 1}));
  EXPECT_THAT(fault(request), HasSubstr("holds 3 examples, but "));
}

TEST_F(table_source, csv_has_options_for_its_form) {
  data_request request = table("y\tx\na\t1\nb\t2\nb\t3\na\t4\nb\t5\n");
  EXPECT_THAT(fault(request), HasSubstr("has one field"));
  request.with["separator"] = std::string("tab");
  request.with["target"] = std::string("y");
  request.with["validation"] = std::int64_t{1};
  const dataset data = load_dataset(request);
  EXPECT_EQ(data.train.size(), 3U);
  EXPECT_EQ(data.validation.size(), 1U);
  EXPECT_EQ(data.test.size(), 1U);
  request.with["separator"] = std::string("|");
  EXPECT_EQ(fault(request),
            "csv: separator: found |, expected comma, semicolon or tab (what is between fields)");
  request.with["separator"] = std::string("tab");
  request.with["test"] = std::int64_t{5};
  EXPECT_EQ(fault(request),
            "csv: `test: 5` leaves nothing to train on: there are 5 examples; choose a smaller number");
}

TEST_F(table_source, a_damaged_file_is_an_error_of_that_file) {
  data_request request = table("x,y\n1,a\n,b\n");
  EXPECT_THAT(fault(request), ::testing::StartsWith(path("t.csv") + ": line 3, column x is missing"));
  request.with["file"] = path("none.csv");
  EXPECT_EQ(fault(request), path("none.csv") + ": cannot open: no such file");
}

}  // namespace
}  // namespace ravine
