#include "data/image_options.hpp"

#include "data/data_source.hpp"
#include "data/patches.hpp"
#include "unit/data/data_support.hpp"

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// What a manifest may ask of images: standardisation, augmentation, other splits, patches.
namespace ravine {
namespace {

using testing::data_error_of;

dataset_content two_channels() {
  dataset_content data;
  data.name = "test";
  data.shape = {2, 1, 2};
  data.classes = 2;
  data.train = {{0, 100, 7, 7, 200, 100, 7, 7}, {0, 1}};
  data.test = {{100, 0, 7, 8}, {1}};
  return data;
}

TEST(image_options, standardize_each_channel_by_the_training_part) {
  dataset_content data = two_channels();
  prepare_images(data, {.standardize = true, .augment = {.shift = 1}});
  // Mean 100 and variance 5000 of the first channel, worked by hand; the second one is constant.
  const float far = std::sqrt(2.0F);
  EXPECT_TRUE(data.train.pixels.empty());
  EXPECT_EQ(data.train.values.size(), 8U);
  EXPECT_FLOAT_EQ(data.train.values[0], -far);
  EXPECT_NEAR(data.train.values[1], 0, 1e-7);
  EXPECT_FLOAT_EQ(data.train.values[4], far);
  EXPECT_EQ(data.train.values[2], 0);
  EXPECT_EQ(data.test.values[3], 0);
  EXPECT_FLOAT_EQ(data.augment.background[0], -far) << "what was black";
  EXPECT_EQ(data.augment.shift, 1U);
}

TEST(image_options, reach_the_data_set_through_its_source) {
  const data_request wanted{"digits",
                            {{"train", std::int64_t{50}},
                             {"validation", std::int64_t{5}},
                             {"test", std::int64_t{5}},
                             {"standardize", true},
                             {"shift", std::int64_t{2}},
                             {"flip", true},
                             {"crop", 0.25}}};
  const dataset data = load_dataset(wanted);
  EXPECT_EQ(data.augment.shift, 2U);
  EXPECT_TRUE(data.augment.flip);
  EXPECT_EQ(data.augment.crop, 0.25);
  ASSERT_EQ(data.augment.background.size(), 1U);
  const double mean = std::accumulate(data.train.values.begin(), data.train.values.end(), 0.0) /
                      static_cast<double>(data.train.values.size());
  EXPECT_NEAR(mean, 0, 1e-6);
  EXPECT_EQ(data_error_of([] {
              load_dataset({"digits", {{"shift", std::int64_t{28}}}});
            }),
            "digits: shift: found 28, expected at most 27, one less than an image has pixels");
}

TEST(patches, are_parts_of_the_digits) {
  const digits_options options{.train = 20, .validation = 0, .test = 10, .seed = 3};
  const dataset_content digits = make_digits(options), patches = make_patches(options, 10),
                        again = make_patches(options, 10);
  EXPECT_EQ(patches.shape, (std::vector<std::size_t>{10, 10}));
  EXPECT_EQ(patches.train.labels, digits.train.labels);
  EXPECT_EQ(patches.train.pixels, again.train.pixels);
  ASSERT_EQ(patches.train.pixels.size(), 20U * 100);
  for (std::size_t i = 0; i < 20; ++i) {
    bool found = false;
    for (std::size_t top = 0; top <= 18 && !found; ++top) {
      for (std::size_t left = 0; left <= 18 && !found; ++left) {
        found = true;
        for (std::size_t k = 0; k < 100 && found; ++k) {
          found = patches.train.pixels[i * 100 + k] ==
                  digits.train.pixels[i * 784 + (top + k / 10) * 28 + left + k % 10];
        }
      }
    }
    EXPECT_TRUE(found) << "example " << i;
  }
  EXPECT_EQ(make_patches(options, 28).train.pixels, digits.train.pixels);
}

}  // namespace
}  // namespace ravine
