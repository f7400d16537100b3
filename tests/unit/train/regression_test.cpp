#include "unit/trial_support.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>

// Targets that are numbers: from the data to the loss of the model `regression`.
namespace ravine {
namespace {

using namespace ravine::testing;
using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;

image_table line(const std::vector<float>& x, const std::vector<float>& y) {
  image_table part;
  part.labels_each = 0;
  part.values = x;
  part.targets = y;
  return part;
}

dataset_content four_points() {
  dataset_content content;
  content.name = "csv";
  content.shape = {1};
  content.train = line({0, 1, 2, 3}, {1, 3, 4, 8});
  content.validation = line({10}, {20});
  content.test = line({0, 1}, {0.7F, 3.9F});
  return content;
}

trial_spec training(const char* model, const char* optimizer, double steps, const settings& with) {
  trial_spec spec = trial_of(model, optimizer, steps, with);
  spec.problem.data = data_request{};
  spec.train.batch_size = 0;
  spec.evaluate.every = {1, cost_unit::steps};
  return spec;
}

// By hand: the least squares line is 0.7 + 2.2 x, as Sxy = 11 and Sxx = 5; off by 0.3, 0.1, -1.1 and 0.7 it
// has the mean square 1.8 / 4.
TEST(regression, reaches_the_least_squares_line) {
  const dataset data = share_dataset(four_points());
  const trial_result result = run(training("regression", "lbfgs", 30, {{"lr", 1.0}}), &data);
  ASSERT_TRUE(result.succeeded()) << result.reason;
  const auto& last = result.evaluations.back().metrics;
  EXPECT_NEAR(last.at("train_loss"), 0.45, 1e-9);
  EXPECT_NEAR(last.at("validation_loss"), (20 - 22.7) * (20 - 22.7), 1e-6);
  EXPECT_NEAR(last.at("test_loss"), 1.0 / 2, 1e-6) << "off by 0 and -1";
  EXPECT_THAT(last, Not(Contains(Key("validation_accuracy"))));
  EXPECT_NEAR(result.evaluations.front().metrics.at("test_loss"), (0.49 + 15.21) / 2, 1e-6) << "of zeros";
}

TEST(regression, takes_part_batches_and_both_types) {
  dataset_content content = four_points();
  content.validation = content.train;
  const dataset data = share_dataset(content);
  for (const dtype type : {dtype::f32, dtype::f64}) {
    trial_spec spec = training("regression", "adam", 2000, {{"lr", 0.02}});
    spec.problem.model.with["hidden"] = std::vector<std::int64_t>{8};
    spec.problem.type = type;
    spec.train.batch_size = 3;
    const trial_result result = run(spec, &data);
    ASSERT_TRUE(result.succeeded()) << result.reason;
    EXPECT_LT(result.evaluations.back().metrics.at("validation_loss"), 0.4) << "better than any line";
  }
}

TEST(regression, is_refused_to_models_of_classes_and_classes_to_it) {
  const dataset numbers = share_dataset(four_points());
  EXPECT_EQ(
      run(training("mlp", "sgd", 1, {}), &numbers).reason,
      "mlp predicts classes, but the targets of csv are numbers; use a model that predicts numbers, such "
      "as regression, or leave out task: regression");
  const dataset classes = share_dataset(labelled_content(3));
  EXPECT_EQ(run(training("regression", "sgd", 1, {}), &classes).reason,
            "regression predicts numbers, but the targets of labelled rows name classes; give it csv or npy "
            "with task: regression, or use a model of classes, such as mlp");
}

}  // namespace
}  // namespace ravine
