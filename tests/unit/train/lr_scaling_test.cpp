#include "train/lr_scaling.hpp"

#include "data/shared_dataset.hpp"
#include "train/trial.hpp"
#include "unit/manifest/manifest_support.hpp"
#include "unit/plugin_support.hpp"
#include "unit/unwatched.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The linear scaling rule: lr is meant for batches of one size and used with batches of another.
namespace ravine {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::parse;
using testing::report;
using testing::shipped_plugins;
using testing::unwatched;

/// 24 examples of two pixels in two classes, and one each to validate and test on.
dataset small_dataset() {
  dataset_content made;
  made.name = "small";
  made.shape = {1, 2};
  made.classes = 2;
  for (std::uint8_t i = 0; i < 24; ++i) {
    made.train.labels.push_back(i % 2);
    made.train.pixels.insert(made.train.pixels.end(), {static_cast<std::uint8_t>(10 * i), 100});
  }
  made.validation = made.test = {{1, 2}, {0}};
  return share_dataset(made);
}

trial_spec training(std::uint64_t batch_size) {
  trial_spec spec;
  spec.problem.model.use = "softmax";
  spec.problem.data = data_request{};
  spec.problem.type = dtype::f64;
  spec.optimizer.optimizer = {"sgd", {{"lr", 0.01}}, ""};
  spec.train.budget = {2, cost_unit::epochs};
  spec.train.batch_size = batch_size;
  return spec;
}

trial_result run_on_rows(const trial_spec& spec) {
  static const dataset data = small_dataset();
  unwatched observer;
  return run_trial(spec, shipped_plugins(), &data, observer);
}

double recorded_lr(const trial_spec& spec) {
  return run_on_rows(spec).evaluations.back().metrics.at("value.lr");
}

TEST(lr_scaling, eight_times_the_batch_gets_eight_times_the_rate) {
  trial_spec spec = training(16);
  EXPECT_EQ(recorded_lr(spec), 0.01);
  spec.train.lr_reference_batch = 2;
  EXPECT_DOUBLE_EQ(recorded_lr(spec), 0.08);
  spec.train.lr_reference_batch = 64;
  EXPECT_DOUBLE_EQ(recorded_lr(spec), 0.0025);
}

TEST(lr_scaling, a_full_batch_counts_the_training_set) {
  for (const std::uint64_t full : {0U, 24U, 1000U}) {
    trial_spec spec = training(full);
    spec.train.lr_reference_batch = 4;
    EXPECT_DOUBLE_EQ(recorded_lr(spec), 0.06) << full;
  }
}

TEST(lr_scaling, gives_the_path_of_the_scaled_rate) {
  trial_spec scaled = training(12);
  scaled.train.lr_reference_batch = 3;
  trial_spec written = training(12);
  written.optimizer.optimizer.with["lr"] = 0.04;
  const double loss = run_on_rows(scaled).evaluations.back().metrics.at("validation_loss");
  EXPECT_EQ(loss, run_on_rows(written).evaluations.back().metrics.at("validation_loss"));
  EXPECT_NE(loss, run_on_rows(training(12)).evaluations.back().metrics.at("validation_loss"));
}

TEST(lr_scaling, comes_before_schedules) {
  trial_spec spec = training(8);
  spec.train.lr_reference_batch = 4;
  spec.optimizer.schedules["lr"] = {{{"constant", {{"factor", 0.5}}, ""}, {}, schedule_unit::step}};
  EXPECT_DOUBLE_EQ(recorded_lr(spec), 0.01);
}

/// The shipped plugins and an optimizer that has no lr.
const registry& plugins_with_throwing() {
  static const registry loaded = [] {
    registry found;
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    found.load(testing::test_object("throwing"));
    return found;
  }();
  return loaded;
}

TEST(lr_scaling, of_an_optimizer_without_lr_is_refused) {
  trial_spec spec = training(8);
  spec.optimizer.optimizer = {"throwing", {}, ""};
  EXPECT_EQ(learning_rate_factor(spec, 8, plugins_with_throwing()), 1);
  spec.train.lr_reference_batch = 4;
  EXPECT_EQ(testing::plugin_error_of([&] { learning_rate_factor(spec, 8, plugins_with_throwing()); }),
            "throwing: has no hyperparameter lr that scale_lr_with_batch could scale");
}

TEST(lr_scaling, out_of_the_range_of_lr_is_refused) {
  const component& sgd = shipped_plugins().get(component_kind::optimizer, "sgd");
  EXPECT_THAT(testing::plugin_error_of([&] {
                scale_learning_rate(sgd, {{"lr", 1e308}}, 1000);
              }),
              HasSubstr("lr: found inf, expected a real number"));
}

std::string manifest(const std::string& train,
                     const std::string& problem = "use: softmax, data: {use: digits}") {
  return "problems: [{" + problem + "}]\ntrain: {" + train + "}\noptimizers: [{use: sgd}]\n";
}

TEST(lr_scaling, is_read_from_the_manifest_and_part_of_the_hash) {
  const trial_spec plain = parse(manifest("batch_size: 256")).trials.front().spec;
  EXPECT_FALSE(plain.train.lr_reference_batch);
  const plan scaled = parse(manifest("batch_size: 256, scale_lr_with_batch: {reference: 32}"));
  EXPECT_EQ(scaled.trials.front().spec.train.lr_reference_batch, 32U);
  EXPECT_THAT(to_json(scaled.trials.front().spec), HasSubstr(R"("scale_lr_with_batch":{"reference":32})"));
  EXPECT_NE(scaled.trials.front().hash, content_hash(plain));
  EXPECT_NE(scaled.trials.front().hash,
            parse(manifest("batch_size: 256, scale_lr_with_batch: {reference: 64}")).trials.front().hash);
}

TEST(lr_scaling, of_a_problem_replaces_the_common_one) {
  const auto reference = [](const std::string& own) {
    const std::string problem =
        "use: softmax, data: {use: digits}, train: {scale_lr_with_batch: " + own + "}";
    return parse(manifest("scale_lr_with_batch: {reference: 32}", problem))
        .trials.front()
        .spec.train.lr_reference_batch;
  };
  EXPECT_EQ(reference("{reference: 8}"), 8U);
  EXPECT_EQ(reference("null"), std::nullopt);
}

TEST(lr_scaling, passes_landscapes_by) {
  const plan all = parse(
      "problems: [{use: softmax, data: {use: digits}}, {use: beale}]\n"
      "train: {scale_lr_with_batch: {reference: 32}}\noptimizers: [{use: sgd}]\n");
  EXPECT_EQ(all.trials.at(0).spec.train.lr_reference_batch, 32U);
  EXPECT_FALSE(all.trials.at(1).spec.train.lr_reference_batch);
}

TEST(lr_scaling, an_optimizer_without_lr_is_a_error_where_it_would_be_scaled) {
  const auto report_of = [](const std::string& second) {
    const std::string text =
        "problems: [{use: softmax, data: {use: digits}, label: net}, {use: beale}]\n"
        "train: {scale_lr_with_batch: {reference: 32}}\noptimizers: [{use: sgd}, {" +
        second + "}]\n";
    try {
      parse_manifest(text, "test.yaml", {}, plugins_with_throwing());
      return std::string();
    } catch (const manifest_error& errors) {
      return std::string(errors.what());
    }
  };
  EXPECT_EQ(report_of("use: throwing"),
            "test.yaml:2:30: train.scale_lr_with_batch: optimizers[1] (throwing) has no hyperparameter lr to "
            "scale; keep it off problems[0] (net) with on: […], or leave the rule out");
  EXPECT_EQ(report_of("use: throwing, on: [beale]"), "");
  EXPECT_EQ(report_of("use: lookahead, inner: {use: adam}"), "") << "the inner one's is scaled";
  EXPECT_EQ(report_of("use: ema, inner: {use: lookahead, inner: {use: adam}}"), "");
  EXPECT_THAT(report_of("use: lookahead, inner: {use: throwing}"),
              HasSubstr("optimizers[1] (lookahead) has no hyperparameter lr to scale"));
  EXPECT_THAT(report_of("use: lookahead, inner: {use: adm}"),
              AllOf(HasSubstr("did you mean adam?"), Not(HasSubstr("to scale"))));
}

TEST(lr_scaling, errors_say_where_and_what) {
  EXPECT_EQ(
      report(manifest("scale_lr_with_batch: {refrence: 32}")),
      "test.yaml:2:30: train.scale_lr_with_batch: reference is missing, the batch size that lr is meant "
      "for: {reference: 32}\n"
      "test.yaml:2:31: train.scale_lr_with_batch: unknown key refrence; did you mean reference?");
  EXPECT_EQ(report(manifest("scale_lr_with_batch: {reference: 0}")),
            "test.yaml:2:42: train.scale_lr_with_batch.reference: found 0, expected a whole number from 1 to "
            "1000000000");
  EXPECT_EQ(report(manifest("scale_lr_with_batch: true")),
            "test.yaml:2:30: train.scale_lr_with_batch: found true, expected a block such as {reference: …}");
  EXPECT_EQ(report(manifest("scale_lr_with_bacth: {reference: 32}")),
            "test.yaml:2:9: train: unknown key scale_lr_with_bacth; did you mean scale_lr_with_batch?");
  EXPECT_EQ(
      report(manifest("scale_lr_with_batch: {reference: 32}", "use: beale")),
      "test.yaml:2:30: train.scale_lr_with_batch: no problem has data, and so none has batches; leave it "
      "out");
  EXPECT_EQ(
      report(manifest("steps: 5", "use: beale, train: {scale_lr_with_batch: {reference: 32}}")),
      "test.yaml:1:54: problems[0].train.scale_lr_with_batch: a landscape has no batches; leave it out");
}

}  // namespace
}  // namespace ravine
