#include "data/data_source.hpp"

#include "data/idx_source.hpp"
#include "unit/data/data_support.hpp"

#include <limits>
#include <span>
#include <string>

#include <gtest/gtest.h>

// What a manifest may name under data:, and the source of four IDX files.
namespace ravine {
namespace {

using testing::byte_string;
using testing::data_error_of;
using testing::gzipped;
using testing::idx_file;
using testing::write_file;

using values = std::vector<std::uint8_t>;

values listed(std::span<const std::uint8_t> some) { return {some.begin(), some.end()}; }

/// Four files of 2 x 2 images: five to train on, two to test with.
class idx_source : public ::testing::Test {
 protected:
  idx_source() {
    write_file(with("train_images"),
               idx_file({5, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}));
    write_file(with("train_labels"), gzipped(idx_file({5}, {0, 1, 2, 0, 1})));
    write_file(with("test_images"), gzipped(idx_file({2, 2, 2}, {20, 21, 22, 23, 24, 25, 26, 27})));
    write_file(with("test_labels"), idx_file({2}, {2, 1}));
    request.with["classes"] = std::int64_t{3};
  }

  /// The path that the request has for this option.
  std::string with(const std::string& option) {
    request.with[option] = (folder_ / option).string();
    return (folder_ / option).string();
  }
  std::string fault() {
    return data_error_of([&] { load_dataset(request); });
  }

  data_request request{"idx", {}};

 private:
  testing::temporary_folder folder_;
};

TEST_F(idx_source, loads_four_files) {
  const dataset data = load_dataset(request);
  EXPECT_EQ(data.name, "idx");
  EXPECT_EQ(data.shape, (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(data.features(), 4U);
  EXPECT_EQ(data.classes, 3U);
  EXPECT_EQ(listed(data.train.labels), (values{0, 1, 2, 0, 1}));
  EXPECT_EQ(data.train.pixels.size(), 20U);
  EXPECT_EQ(data.train.pixels[7], 7);
  EXPECT_EQ(data.validation.size(), 0U);
  EXPECT_EQ(listed(data.test.labels), (values{2, 1}));
  EXPECT_EQ(listed(data.test.pixels), (values{20, 21, 22, 23, 24, 25, 26, 27}));
  EXPECT_EQ(data.fingerprint, content_fingerprint(data));
}

TEST_F(idx_source, splits_validation_off) {
  request.with["validation"] = std::int64_t{2};
  const dataset data = load_dataset(request);
  EXPECT_EQ(data.train.size(), 3U);
  EXPECT_EQ(data.validation.size(), 2U);
  request.with["validation"] = std::int64_t{1};
  EXPECT_NE(load_dataset(request).fingerprint, data.fingerprint) << "another split is other data";
}

TEST_F(idx_source, reports_counts_that_differ) {
  const std::string images = with("train_images"), labels = with("train_labels");
  write_file(labels, idx_file({4}, {0, 1, 2, 0}));
  EXPECT_EQ(fault(),
            images + " holds 5 images, but " + labels + " holds 4 labels: expected as many labels as images");
}

TEST_F(idx_source, reports_a_label_out_of_range) {
  const std::string labels = with("test_labels");
  write_file(labels, idx_file({2}, {2, 3}));
  EXPECT_EQ(fault(), labels + ": label 3 of example 1 is out of range; expected 0 to 2");
}

TEST_F(idx_source, reports_images_of_two_sizes) {
  const std::string train = with("train_images"), test = with("test_images");
  write_file(test, idx_file({2, 1, 4}, values(8)));
  EXPECT_EQ(fault(), train + " holds images of 2 x 2, but " + test + " of 1 x 4: expected one size");
}

TEST_F(idx_source, names_the_file_at_fault) {
  const std::string labels = with("train_labels");
  write_file(labels, byte_string(3));
  EXPECT_EQ(fault(), labels + ": ends after 3 bytes; expected an IDX header of 8 bytes");
  std::filesystem::remove(labels);
  EXPECT_EQ(fault(), labels + ": cannot open: no such file");
}

TEST_F(idx_source, refuses_a_request_that_lacks_a_file) {
  request.with.erase("test_images");
  EXPECT_EQ(fault(), "idx: test_images: found nothing, expected text (file of images to test on)");
}

TEST(data_catalog, lists_sources_whose_defaults_are_admitted) {
  ASSERT_EQ(data_sources().size(), 12U);
  for (const data_source& source : data_sources()) {
    EXPECT_EQ(find_data_source(source.name), &source);
    EXPECT_FALSE(source.summary.empty());
    for (const data_option& option : source.options) {
      EXPECT_FALSE(option.doc.empty()) << source.name << " " << option.name;
      const bool required = option.default_value == setting(std::string());
      EXPECT_EQ(option.admits(option.default_value), !required) << source.name << " " << option.name;
    }
  }
  EXPECT_EQ(find_data_source("cifar"), nullptr);
  EXPECT_EQ(find_data_source("mnist")->find_option("seed"), nullptr);
}

TEST(data_catalog, checks_values) {
  const data_option& train = *find_data_source("digits")->find_option("train");
  EXPECT_EQ(train.check(std::int64_t{1}), setting(std::int64_t{1}));
  EXPECT_EQ(data_error_of([&] { train.check(std::int64_t{0}); }),
            "train: found 0, expected a whole number from 1 to 1000000");
  EXPECT_EQ(data_error_of([&] { train.check(std::int64_t{1'000'001}); }),
            "train: found 1000001, expected a whole number from 1 to 1000000");
  EXPECT_EQ(data_error_of([&] { train.check(1.5); }),
            "train: found 1.5, expected a whole number from 1 to 1000000");
  EXPECT_EQ(data_error_of([&] { train.check(std::string("many")); }),
            "train: found many, expected a whole number from 1 to 1000000");

  const data_option& validation = *find_data_source("mnist")->find_option("validation");
  EXPECT_EQ(data_error_of([&] { validation.check(std::int64_t{-1}); }),
            "validation: found -1, expected a whole number, at least 0");
  EXPECT_TRUE(validation.admits(std::numeric_limits<std::int64_t>::max()));

  const data_option& file = *find_data_source("idx")->find_option("train_images");
  EXPECT_EQ(data_error_of([&] { file.check(std::int64_t{1}); }), "train_images: found 1, expected text");
}

TEST(data_catalog, refuses_an_unknown_source_or_option) {
  EXPECT_EQ(data_error_of([] { load_dataset({"cifar", {}}); }), "there is no data source cifar");
  EXPECT_EQ(data_error_of([] {
              load_dataset({"digits", {{"sizes", std::int64_t{1}}}});
            }),
            "digits: there is no option sizes");
}

TEST(data_catalog, fills_in_defaults) {
  const dataset data = load_dataset({"digits", {{"train", std::int64_t{20}}, {"test", std::int64_t{5}}}});
  EXPECT_EQ(data.train.size(), 20U);
  EXPECT_EQ(data.validation.size(), 2'000U);
  EXPECT_EQ(data.test.size(), 5U);
}

}  // namespace
}  // namespace ravine
