#include "plugin/instance.hpp"
#include "trial/streams.hpp"
#include "unit/trial_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gmock/gmock.h>

// Examples with a label at each position: what models are told, and what an evaluation counts.
namespace ravine {
namespace {

using namespace ravine::testing;

constexpr std::size_t length = 3, classes = 4;

/// Characters with the next one as label, which nothing foretells.
image_table sequences(std::size_t count, std::uint32_t seed) {
  image_table part;
  part.labels_each = length;
  for (std::size_t i = 0; i < count * length; ++i) {
    seed = seed * 1664525 + 1013904223;
    part.values.push_back(static_cast<float>(seed >> 30U));
    part.labels.push_back(static_cast<std::uint8_t>(seed >> 28U & 3U));
  }
  return part;
}

/// More to validate with than is evaluated at once.
dataset_content characters() {
  dataset_content content;
  content.name = "text";
  content.shape = {length};
  content.classes = classes;
  content.train = sequences(10, 1);
  content.validation = sequences(700, 2);
  content.test = sequences(5, 3);
  return content;
}

trial_spec training(const char* id) {
  trial_spec spec = trial_of(id, "sgd", 4, {{"lr", 0.1}}, {});
  spec.problem.data = data_request{};
  spec.train.batch_size = 4;
  return spec;
}

TEST(several_labels, are_evaluated_each) {
  const dataset data = share_dataset(characters());
  for (const char* id : {"rnn", "transformer"}) {
    SCOPED_TRACE(id);
    const trial_result result = run(training(id), &data);
    ASSERT_EQ(result.status, trial_status::completed) << result.reason;

    // The same start by itself, label by label.
    const std::vector<std::uint64_t> shape{length};
    const rv_data_spec spec{sizeof(rv_data_spec), 0, 1, shape.data(), classes, 700, length};
    const component& which = trial_plugins().get(component_kind::model, id);
    model apart(which, &spec, which.complete({}), RV_F64);
    std::vector<double> params(apart.layout().size()), scores(700 * length * classes);
    apart.init(stream_seed(1, 0, "init"), params.data());
    const std::vector<double> inputs(data.validation.values.begin(), data.validation.values.end());
    const std::vector<std::int32_t> labels(data.validation.labels.begin(), data.validation.labels.end());
    const rv_batch batch{sizeof(rv_batch), RV_MODE_EVALUATE, 700, inputs.data(), labels.data(), 0};
    apart.predict(params.data(), &batch, scores.data());
    double loss = 0;
    std::size_t correct = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const double* const row = scores.data() + i * classes;
      double sum = 0;
      for (std::size_t k = 0; k < classes; ++k) sum += std::exp(row[k]);
      loss += std::log(sum) - row[labels[i]];
      correct += std::max_element(row, row + classes) - row == labels[i] ? 1U : 0U;
    }
    const auto& first = result.evaluations.front().metrics;
    EXPECT_NEAR(first.at("validation_loss"), loss / 2100, 1e-13);
    EXPECT_DOUBLE_EQ(first.at("validation_accuracy"), static_cast<double>(correct) / 2100);
    EXPECT_GT(correct, 100U);
  }
}

TEST(several_labels, are_not_given_to_a_model_of_one) {
  const dataset data = share_dataset(characters());
  const trial_result result = run(training("softmax"), &data);
  EXPECT_EQ(result.status, trial_status::failed);
  EXPECT_EQ(
      result.reason,
      "softmax: takes one label of an example, but those of text have 3, one at each position; give them "
      "one (data: {use: text, with: {labels: last}}), or use a model of sequences, such as rnn or "
      "transformer");
}

TEST(several_labels, are_learned) {
  dataset_content content = characters();
  content.train = sequences(60, 1);
  for (image_table* const part : {&content.train, &content.validation, &content.test}) {
    for (std::size_t i = 0; i < part->labels.size(); ++i)
      part->labels[i] = static_cast<std::uint8_t>(3 - static_cast<int>(part->values[i]));
  }
  const dataset data = share_dataset(content);
  for (const char* id : {"rnn", "transformer"}) {
    trial_spec spec = training(id);
    spec.optimizer = rule_of("adam", {{"lr", 0.01}});
    spec.train.budget = {150, cost_unit::steps};
    const trial_result result = run(spec, &data);
    EXPECT_EQ(result.evaluations.back().metrics.at("validation_accuracy"), 1) << id << result.reason;
  }
}

}  // namespace
}  // namespace ravine
