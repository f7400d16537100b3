#include "data/digits.hpp"

#include "data/shared_dataset.hpp"
#include "train/trial.hpp"
#include "unit/data/data_support.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

// The images that the program draws itself: what stays fixed about them, and how hard they are.
namespace ravine {
namespace {

using values = std::vector<std::uint8_t>;

constexpr std::size_t pixels_each = 28 * 28;

values image(const image_table& part, std::size_t index) {
  const auto first = part.pixels.begin() + static_cast<std::ptrdiff_t>(index * pixels_each);
  return {first, first + pixels_each};
}

double mean(const values& pixels) {
  return std::accumulate(pixels.begin(), pixels.end(), 0.0) / static_cast<double>(pixels.size());
}

TEST(digits, have_the_sizes_asked_for) {
  const dataset_content data = make_digits({.train = 25, .validation = 0, .test = 11});
  EXPECT_EQ(data.name, "digits");
  EXPECT_EQ(data.shape, (std::vector<std::size_t>{28, 28}));
  EXPECT_EQ(data.classes, 10U);
  EXPECT_EQ(data.train.size(), 25U);
  EXPECT_EQ(data.train.pixels.size(), 25 * pixels_each);
  EXPECT_EQ(data.validation.size(), 0U);
  EXPECT_EQ(data.test.size(), 11U);
  EXPECT_EQ(data.test.pixels.size(), 11 * pixels_each);
}

TEST(digits, are_balanced) {
  const dataset_content data = make_digits({.train = 200, .validation = 50, .test = 30});
  for (const image_table* part : {&data.train, &data.validation, &data.test}) {
    for (std::uint8_t digit = 0; digit < 10; ++digit) {
      EXPECT_EQ(std::ranges::count(part->labels, digit), static_cast<std::ptrdiff_t>(part->size() / 10));
    }
  }
}

// The same images for good, on every machine: results on digits are comparable.
TEST(digits, are_the_same_for_good) {
  EXPECT_EQ(content_fingerprint(make_digits({.train = 100, .validation = 20, .test = 20})),
            "c3600b6a268d6a99617aa57f6301f44785c990f282150ce18a055520fdd4dc51");
}

TEST(digits, differ_by_seed_and_part) {
  const dataset_content one = make_digits({.train = 10, .validation = 10, .test = 10, .seed = 1});
  const dataset_content two = make_digits({.train = 10, .validation = 10, .test = 10, .seed = 2});
  EXPECT_NE(content_fingerprint(one), content_fingerprint(two));
  EXPECT_NE(one.train.pixels, two.train.pixels);
  EXPECT_NE(one.train.pixels, one.validation.pixels);
  EXPECT_NE(one.validation.pixels, one.test.pixels);
}

TEST(digits, of_a_longer_part_begin_with_the_shorter_one) {
  const dataset_content short_parts = make_digits({.train = 20, .validation = 10, .test = 10});
  const dataset_content long_parts = make_digits({.train = 40, .validation = 15, .test = 12});
  for (const auto part : {&dataset_content::train, &dataset_content::validation, &dataset_content::test}) {
    const image_table& a = short_parts.*part;
    const image_table& b = long_parts.*part;
    EXPECT_TRUE(std::equal(a.pixels.begin(), a.pixels.end(), b.pixels.begin()));
    EXPECT_TRUE(std::equal(a.labels.begin(), a.labels.end(), b.labels.begin()));
  }
}

TEST(digits, are_bright_ink_on_a_dark_ground_like_mnist) {
  const dataset_content data = make_digits({.train = 500, .validation = 0, .test = 1});
  EXPECT_NEAR(mean(data.train.pixels) / 255, 0.13, 0.05) << "share of ink in MNIST: 0.1307";
  for (std::size_t i = 0; i < data.train.size(); ++i) {
    const values pixels = image(data.train, i);
    EXPECT_GT(*std::ranges::max_element(pixels), 150) << "example " << i << " has ink";
    for (std::size_t j = 0; j < i; ++j) ASSERT_NE(pixels, image(data.train, j)) << i << " repeats " << j;
  }
}

TEST(digits, need_something_to_train_on_and_to_test_with) {
  EXPECT_EQ(testing::data_error_of([] { make_digits({.train = 0}); }),
            "digits: train and test must be at least 1");
  EXPECT_EQ(testing::data_error_of([] { make_digits({.test = 0}); }),
            "digits: train and test must be at least 1");
}

struct patient_observer : trial_observer {
  command after_step(const cost&, std::uint64_t, double) override { return command::go_on; }
};

/// Test accuracies after ten epochs, by the problem's label, one per learning rate.
std::map<std::string, std::vector<double>> train_on_default_digits() {
  const plan experiment = testing::parse(R"(
name: hardness
problems:
  - {use: softmax, data: {use: digits}}
  - {use: mlp, with: {hidden: [128]}, data: {use: digits}}
optimizers:
  - {use: adam, with: {lr: {grid: [0.003, 0.005, 0.01]}}}
train: {epochs: 10, batch_size: 128}
evaluate: {every: {epochs: 10}}
)");
  const dataset data = share_dataset(make_digits({}));
  patient_observer observer;
  std::map<std::string, std::vector<double>> accuracies;
  for (const planned_trial& each : experiment.trials) {
    const trial_result result = run_trial(each.spec, testing::built_plugins(), &data, observer);
    EXPECT_EQ(result.status, trial_status::completed) << result.reason;
    accuracies[each.spec.problem.label].push_back(result.evaluations.back().metrics.at("test_accuracy"));
  }
  return accuracies;
}

// A problem on which optimizers differ: not to be solved by a linear model at any learning rate, but by a
// small network at a good one.
TEST(digits, are_too_hard_for_softmax_and_not_for_an_mlp) {
  const auto accuracies = train_on_default_digits();
  const double softmax = std::ranges::max(accuracies.at("softmax"));
  const double mlp = std::ranges::max(accuracies.at("mlp"));
  RecordProperty("softmax", fmt::format("{}", fmt::join(accuracies.at("softmax"), " ")));
  RecordProperty("mlp", fmt::format("{}", fmt::join(accuracies.at("mlp"), " ")));
  EXPECT_LT(softmax, 0.97);
  EXPECT_GT(softmax, 0.85) << "a linear model learns something";
  EXPECT_GT(mlp, 0.98);
}

}  // namespace
}  // namespace ravine
