#include "data/batches.hpp"
#include "data/data_source.hpp"
#include "data/shared_dataset.hpp"
#include "data/text_source.hpp"
#include "data/zipf.hpp"
#include "unit/data/table_support.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// zipf and text.
namespace ravine {
namespace {

using testing::data_error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::size_t> counts_of(const image_table& part, std::size_t classes) {
  std::vector<std::size_t> counts(classes);
  for (const std::uint8_t label : part.labels) ++counts.at(label);
  return counts;
}

// 1 + 1/2 + 1/3 + 1/4 = 25/12: of 25 examples 12, 6, 4 and 3.
TEST(zipf, gives_class_k_a_share_of_one_over_k) {
  EXPECT_THAT(zipf_counts(25, 4, 1), ElementsAre(12, 6, 4, 3));
  EXPECT_THAT(zipf_counts(20, 4, 0), ElementsAre(5, 5, 5, 5));
  EXPECT_THAT(zipf_counts(21, 2, 2), ElementsAre(17, 4)) << "16.8 and 4.2";
  EXPECT_THAT(zipf_counts(2, 4, 0), ElementsAre(1, 1, 0, 0));
  for (const std::size_t examples : {1U, 7U, 1000U}) {
    const auto counts = zipf_counts(examples, 256, 1);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::size_t{0}), examples);
    EXPECT_TRUE(std::ranges::is_sorted(counts, std::greater<>()));
  }
}

TEST(zipf, draws_each_part_with_these_frequencies) {
  const dataset_content data =
      make_zipf({.classes = 4, .features = 3, .train = 250, .validation = 0, .test = 25});
  EXPECT_EQ(data.classes, 4U);
  EXPECT_THAT(data.shape, ElementsAre(3));
  EXPECT_THAT(counts_of(data.train, 4), ElementsAre(120, 60, 40, 30));
  EXPECT_THAT(counts_of(data.test, 4), ElementsAre(12, 6, 4, 3));
  EXPECT_EQ(data.validation.size(), 0U);
  EXPECT_EQ(data.train.values.size(), 750U);
}

/// The mean over a class of the value of one feature.
double class_mean(const image_table& part, std::size_t features, std::size_t label, std::size_t feature) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part.labels[i] != label) continue;
    sum += static_cast<double>(part.values[i * features + feature]);
    ++count;
  }
  return sum / static_cast<double>(count);
}

// Within five standard errors of what the docstring says: centres of mean 1 and variance 1/4, noise of
// variance 1.
TEST(zipf, draws_examples_around_centres) {
  constexpr std::size_t features = 8, classes = 50, each = 200;
  const dataset_content data = make_zipf({.classes = classes,
                                          .features = features,
                                          .train = classes * each,
                                          .test = classes * each,
                                          .exponent = 0});
  double between = 0, distance = 0;
  for (std::size_t label = 0; label < classes; ++label) {
    for (std::size_t feature = 0; feature < features; ++feature) {
      const double train = class_mean(data.train, features, label, feature);
      const double test = class_mean(data.test, features, label, feature);
      between += (train - 1) * (train - 1) / (classes * features);
      distance += (train - test) * (train - test) / (classes * features);
    }
  }
  const double noise = 1.0 / each;
  EXPECT_NEAR(between, 0.25 + noise, 5 * (0.25 + noise) * std::sqrt(2.0 / (classes * features)));
  EXPECT_NEAR(distance, 2 * noise, 5 * 2 * noise * std::sqrt(2.0 / (classes * features)))
      << "the parts share their centres";
}

TEST(zipf, keeps_its_centres_whatever_the_exponent) {
  zipf_options options{.classes = 2, .features = 4, .train = 100'000, .validation = 0, .test = 1};
  const dataset_content heavy = make_zipf(options);
  options.exponent = 0;
  const dataset_content balanced = make_zipf(options);
  for (std::size_t feature = 0; feature < 4; ++feature) {
    EXPECT_NEAR(class_mean(heavy.train, 4, 1, feature), class_mean(balanced.train, 4, 1, feature), 0.04)
        << "more than five standard errors";
  }
}

TEST(zipf, depends_on_its_options_alone) {
  const data_request small{"zipf", {{"train", std::int64_t{50}}, {"test", std::int64_t{5}}}};
  EXPECT_EQ(load_dataset(small).fingerprint, load_dataset(small).fingerprint);
  EXPECT_TRUE(is_fixed(small));
  data_request other = small;
  other.with["seed"] = std::int64_t{2};
  EXPECT_NE(load_dataset(other).fingerprint, load_dataset(small).fingerprint);
  other = small;
  other.with["exponent"] = std::int64_t{0};
  EXPECT_NE(load_dataset(other).fingerprint, load_dataset(small).fingerprint) << "a whole number will do";
  other.with["exponent"] = -0.5;
  EXPECT_THAT(data_error_of([&] { load_dataset(other); }),
              HasSubstr("exponent: found -0.5, expected a number from 0 to 10"));
}

TEST(zipf, refuses_what_does_not_fit) {
  EXPECT_THAT(data_error_of([] { make_zipf({.classes = 257}); }), HasSubstr("expected 2 to 256 classes"));
  EXPECT_THAT(data_error_of([] { make_zipf({.features = 65'536, .train = std::size_t{1} << 60U}); }),
              HasSubstr("that fit in a data set here"));
}

TEST(values, are_gathered_as_they_are) {
  image_table part;
  part.values = {1.5F, -2, 1e30F, 0, 7, 8};
  part.labels = {4, 5, 6};
  const std::vector<std::uint32_t> rows{2, 0};
  std::vector<double> inputs(4);
  std::vector<std::int32_t> labels(2);
  gather<double>(part, 2, rows, inputs, labels);
  EXPECT_THAT(inputs, ElementsAre(7, 8, 1.5, -2));
  EXPECT_THAT(labels, ElementsAre(6, 4));
}

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz";

/// The alphabet again and again: the next character is always known.
std::string letters(std::size_t size) {
  std::string text;
  while (text.size() < size) text += alphabet[text.size() % alphabet.size()];
  return text;
}

TEST(text, shows_characters_and_asks_for_the_next) {
  const dataset_content data =
      make_text(letters(1000), {3, character_encoding::one_hot, label_places::last, 100, 10, 20}, "t.txt");
  EXPECT_EQ(data.classes, 26U);
  EXPECT_THAT(data.shape, ElementsAre(3, 26));
  EXPECT_EQ(data.validation.size(), 10U);
  EXPECT_EQ(data.test.size(), 20U);
  ASSERT_EQ(data.train.pixels.size(), 100U * 3 * 26);
  for (std::size_t i = 0; i < data.train.size(); ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const auto* const row = data.train.pixels.data() + (i * 3 + j) * 26;
      EXPECT_EQ(std::count(row, row + 26, 255), 1);
      EXPECT_EQ(std::count(row, row + 26, 0), 25);
      EXPECT_EQ((std::find(row, row + 26, 255) - row + 3 - static_cast<std::ptrdiff_t>(j)) % 26,
                data.train.labels[i]);
    }
  }
}

TEST(text, gives_numbers_of_characters_instead) {
  const dataset_content data =
      make_text(letters(1000), {2, character_encoding::index, label_places::last, 50, 0, 1}, "t.txt");
  EXPECT_THAT(data.shape, ElementsAre(2));
  for (std::size_t i = 0; i < data.train.size(); ++i) {
    EXPECT_EQ((static_cast<int>(data.train.values[2 * i + 1]) + 1) % 26, data.train.labels[i]);
    EXPECT_EQ((static_cast<int>(data.train.values[2 * i]) + 2) % 26, data.train.labels[i]);
  }
}

TEST(text, asks_for_the_character_after_each_that_it_shows) {
  const dataset_content data =
      make_text(letters(1000), {.context = 5, .train = 50, .validation = 7, .test = 3}, "t.txt");
  EXPECT_EQ(data.train.size(), 50U);
  EXPECT_EQ(data.validation.size(), 7U);
  EXPECT_EQ(data.test.labels_each, 5U);
  ASSERT_EQ(data.train.labels.size(), 50U * 5);
  ASSERT_EQ(data.train.values.size(), 50U * 5);
  for (std::size_t i = 0; i < 250; ++i)
    EXPECT_EQ((static_cast<int>(data.train.values[i]) + 1) % 26, data.train.labels[i]);

  const dataset shared = share_dataset(data);
  EXPECT_EQ(shared.train.size(), 50U);
  EXPECT_EQ(shared.fingerprint, content_fingerprint(data));
  const std::vector<std::uint32_t> rows{49, 3};
  std::vector<float> inputs(10);
  std::vector<std::int32_t> labels(10);
  gather<float>(shared.train, 5, rows, inputs, labels);
  for (std::size_t i = 0; i < 10; ++i) {
    const std::size_t from = i < 5 ? 49 * 5 + i : 3 * 5 + i - 5;
    EXPECT_EQ(inputs[i], data.train.values[from]);
    EXPECT_EQ(labels[i], data.train.labels[from]);
  }
}

// Of 100 bytes, 80 are trained on: with a context of 1 there are 79 places, each taken once.
TEST(text, takes_each_place_once_and_keeps_its_parts_apart) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += static_cast<char>(i);
  const text_options options{.context = 1, .train = 79, .validation = 9, .test = 9};
  const dataset_content data = make_text(text, options, "t.txt");
  const auto range = [](const image_table& part) {
    const std::set<int> labels(part.labels.begin(), part.labels.end());
    EXPECT_EQ(labels.size(), part.size());
    return std::pair(*labels.begin(), *labels.rbegin());
  };
  EXPECT_EQ(range(data.train), std::pair(1, 79));
  EXPECT_EQ(range(data.validation), std::pair(81, 89));
  EXPECT_EQ(range(data.test), std::pair(91, 99));
  text_options more = options;
  more.test = 10;
  EXPECT_EQ(
      data_error_of([&] { make_text(text, more, "t.txt"); }),
      "t.txt: `test: 10` is more than the 9 examples of 1 characters that its part of the text, 10 bytes, "
      "holds; choose a smaller number or a longer text");
}

TEST(text, is_a_source) {
  const testing::temporary_folder folder;
  data_request request{"text",
                       {{"file", (folder / "t.txt").string()},
                        {"context", std::int64_t{16}},
                        {"train", std::int64_t{10}},
                        {"validation", std::int64_t{2}},
                        {"test", std::int64_t{2}}}};
  testing::write_file(folder / "t.txt", testing::bytes_of(letters(400)));
  const dataset data = load_dataset(request);
  EXPECT_THAT(data.shape, ElementsAre(16));
  EXPECT_EQ(data.classes, 26U);
  EXPECT_EQ(data.train.labels_each, 16U);
  request.with["seed"] = std::int64_t{2};
  EXPECT_NE(load_dataset(request).fingerprint, data.fingerprint);
  testing::write_file(folder / "t.txt", testing::bytes_of(std::string(400, 'a')));
  EXPECT_THAT(data_error_of([&] { load_dataset(request); }),
              HasSubstr("t.txt: holds 1 different characters, expected at least 2"));
}

}  // namespace
}  // namespace ravine
