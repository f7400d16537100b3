#include "train/augmenter.hpp"

#include "data/dataset.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include <gtest/gtest.h>

// Random changes of the images in a batch.
namespace ravine {
namespace {

example_form form_of(std::vector<std::size_t> shape, augmentation wanted) {
  return {"test", std::move(shape), 2, std::move(wanted)};
}

std::vector<double> counted(std::size_t size) {
  std::vector<double> values(size);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST(augmenter, shifts_all_channels_alike_and_fills_up_with_the_background) {
  augmenter<double> changes(form_of({2, 3, 4}, {.shift = 1, .background = {-1, -2}}));
  std::set<std::vector<double>> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<double> image = counted(24);
    changes.apply(image, seed);
    seen.insert(image);
    // The pixel in the middle of the first channel tells where all have gone.
    const auto at = std::find(image.begin(), image.begin() + 12, 6.0) - image.begin();
    const std::ptrdiff_t down = at / 4 - 1, right = at % 4 - 1;
    for (std::ptrdiff_t c = 0; c < 2; ++c) {
      for (std::ptrdiff_t y = 0; y < 3; ++y) {
        for (std::ptrdiff_t x = 0; x < 4; ++x) {
          const std::ptrdiff_t from_y = y - down, from_x = x - right;
          const bool inside = from_y >= 0 && from_y < 3 && from_x >= 0 && from_x < 4;
          const double expected =
              inside ? static_cast<double>(c * 12 + from_y * 4 + from_x + 1) : static_cast<double>(-1 - c);
          ASSERT_EQ(image[static_cast<std::size_t>(c * 12 + y * 4 + x)], expected) << seed;
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), 9U) << "all that there are";
}

TEST(augmenter, mirrors_about_half_of_the_images) {
  augmenter<float> changes(form_of({2, 3}, {.flip = true}));
  std::vector<float> images;
  for (int i = 0; i < 1000; ++i) images.insert(images.end(), {1, 2, 3, 4, 5, 6});
  changes.apply(images, 7);
  int mirrored = 0;
  for (std::size_t i = 0; i < images.size(); i += 6) {
    const std::vector<float> one(images.begin() + static_cast<std::ptrdiff_t>(i),
                                 images.begin() + static_cast<std::ptrdiff_t>(i + 6));
    const bool is_mirrored = one == std::vector<float>{3, 2, 1, 6, 5, 4};
    ASSERT_TRUE(is_mirrored || one == (std::vector<float>{1, 2, 3, 4, 5, 6}));
    mirrored += is_mirrored ? 1 : 0;
  }
  EXPECT_NEAR(mirrored, 500, 80) << "five standard deviations";
}

TEST(augmenter, cuts_off_margins_and_keeps_the_size) {
  augmenter<double> changes(form_of({8, 8}, {.crop = 0.5}));
  std::vector<double> slope(64), flat(64, 0.3);
  for (std::size_t i = 0; i < 64; ++i) slope[i] = static_cast<double>(i % 8);
  std::vector<double> before = slope;
  changes.apply(slope, 3);
  changes.apply(flat, 3);
  for (const double each : flat) EXPECT_NEAR(each, 0.3, 1e-15);
  // A plane stays one, and is at most half as steep at least.
  const double steepness = slope[4] - slope[3];
  EXPECT_GT(steepness, 0.5 - 1e-12);
  EXPECT_LT(steepness, 1);
  for (std::size_t x = 3; x < 6; ++x) EXPECT_NEAR(slope[8 + x] - slope[8 + x - 1], steepness, 1e-12);
  EXPECT_NE(slope, before);
}

TEST(augmenter, depends_on_the_seed_alone) {
  augmenter<float> changes(form_of({4, 4}, {.shift = 2, .flip = true, .crop = 0.3}));
  std::vector<float> first(64), again, other;
  std::iota(first.begin(), first.end(), 0.0F);
  again = other = first;
  changes.apply(first, 1);
  changes.apply(other, 2);
  changes.apply(again, 1);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

}  // namespace
}  // namespace ravine
