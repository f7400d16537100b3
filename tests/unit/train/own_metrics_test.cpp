#include "unit/trial_support.hpp"

#include <map>
#include <string>

#include <gmock/gmock.h>

// What a model measures of its own beside loss and accuracy (ravine.draft.metrics/1).
namespace ravine {
namespace {

using ::testing::Contains;
using ::testing::DoubleEq;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using namespace ravine::testing;

trial_spec on_rows(const std::string& model, const settings& with = {}) {
  trial_spec spec = trial_of(model, "sgd", 3, {{"lr", 0.5}}, with);
  spec.problem.data = data_request{"labelled rows", {}};
  spec.train.batch_size = 4;
  spec.evaluate.every = {1, cost_unit::steps};
  return spec;
}

TEST(own_metrics, are_means_over_the_examples_of_each_part) {
  const dataset rows = labelled_rows(12);
  const trial_result result = run(on_rows("measuring"), &rows);
  ASSERT_EQ(result.status, trial_status::completed) << result.reason;
  for (const evaluation& each : result.evaluations) {
    EXPECT_THAT(each.metrics, Contains(Pair("validation_mean_label", DoubleEq(5.5)))) << "of 0 to 11";
    EXPECT_THAT(each.metrics, Contains(Pair("test_mean_label", DoubleEq(0))));
  }
  EXPECT_NE(result.evaluations.front().metrics.at("test_first_score"),
            result.evaluations.back().metrics.at("test_first_score"))
      << "the scores are those of the evaluation";
}

TEST(own_metrics, weigh_batches_by_their_sizes) {
  dataset_content content = labelled_content(3);
  content.validation = {};
  for (int i = 0; i < 1500; ++i) {  // a batch of 1,000 with label 0 and one of 500 with label 1
    content.validation.pixels.push_back(0);
    content.validation.labels.push_back(i < 1000 ? 0 : 1);
  }
  const dataset rows = share_dataset(content);
  const trial_result result = run(on_rows("measuring"), &rows);
  EXPECT_THAT(result.evaluations.back().metrics, Contains(Pair("validation_mean_label", DoubleEq(1.0 / 3))));
}

TEST(own_metrics, that_are_not_finite_are_left_out_and_end_nothing) {
  const dataset rows = labelled_rows(5);
  const trial_result result = run(on_rows("measuring", {{"fault", std::string("not_finite")}}), &rows);
  EXPECT_EQ(result.status, trial_status::completed) << result.reason;
  EXPECT_THAT(result.evaluations.back().metrics, Not(Contains(Key("test_first_score"))));
  EXPECT_THAT(result.evaluations.back().metrics, Contains(Key("test_mean_label")));
}

TEST(own_metrics, with_a_fault_fail_the_trial_with_what_was_expected) {
  const dataset rows = labelled_rows(5);
  const auto reason = [&](const std::string& fault) {
    const trial_result result = run(on_rows("measuring", {{"fault", fault}}), &rows);
    EXPECT_EQ(result.status, trial_status::failed);
    return result.reason;
  };
  EXPECT_THAT(reason("twice"), HasSubstr("ravine.draft.metrics/1 has the metric mean_label twice"));
  EXPECT_THAT(reason("reserved"),
              HasSubstr("has the metric \"loss\", expected at most 48 lower-case letters"));
  EXPECT_THAT(reason("spaced"), HasSubstr("has the metric \"mean label\""));
  EXPECT_EQ(reason("throws"), "measuring: measure: this is not to be measured");
}

TEST(own_metrics, of_shipped_models_tell_the_first_five_of_many_classes) {
  const dataset many = labelled_rows(12), few = labelled_rows(10);
  for (const std::string& model : {std::string("softmax"), std::string("mlp")}) {
    EXPECT_THAT(run(on_rows(model), &many).evaluations.back().metrics,
                Contains(Key("validation_top5_accuracy")));
    EXPECT_THAT(run(on_rows(model), &few).evaluations.back().metrics,
                Not(Contains(Key("validation_top5_accuracy"))));
  }
  // All scores are 0 at first: the first five classes count as the highest.
  EXPECT_THAT(run(on_rows("softmax"), &many).evaluations.front().metrics,
              Contains(Pair("validation_top5_accuracy", DoubleEq(5.0 / 12))));
}

}  // namespace
}  // namespace ravine
