#include "manifest_support.hpp"
#include "unit/data/table_support.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Groups of tensors in the manifest.
namespace ravine {
namespace {

using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// An optimizer on mlp, whose tensors are named in messages that expect them.
std::string on_mlp(const std::string& optimizer, const std::string& rest = "") {
  return "problems: [{use: mlp, data: {use: digits}}]\nrepetitions: 1\noptimizers: [{" + optimizer + "}]\n" +
         rest;
}

optimizer_spec first_optimizer(const std::string& manifest) {
  return parse(manifest).trials[0].spec.optimizer;
}

double real(const optimizer_spec& spec, const std::string& name) {
  return std::get<double>(spec.optimizer.with.at(name));
}

TEST(manifest_groups, change_what_they_name_and_keep_the_rest) {
  const optimizer_spec spec = first_optimizer(
      on_mlp("use: adamw, with: {lr: 0.02, beta1: 0.8}, schedule: {lr: {use: cosine}, weight_decay: {use: "
             "exponential}},"
             "groups: [{role: bias, with: {weight_decay: 0}},"
             "         {tensors: \"out*\", with: {lr: 0.5}, schedule: {lr: {use: constant}}}]"));
  ASSERT_EQ(spec.groups.size(), 2U);
  const optimizer_spec &biases = spec.groups[0], &output = spec.groups[1];
  EXPECT_EQ(biases.selects, (tensor_selector{"", "bias"}));
  EXPECT_EQ(biases.optimizer.use, "adamw");
  EXPECT_EQ(real(biases, "weight_decay"), 0);
  EXPECT_EQ(real(biases, "lr"), 0.02);
  EXPECT_EQ(real(biases, "beta1"), 0.8);
  EXPECT_EQ(biases.schedules, spec.schedules);
  EXPECT_EQ(output.selects, (tensor_selector{"out*", ""}));
  EXPECT_EQ(real(output, "lr"), 0.5);
  EXPECT_EQ(real(output, "weight_decay"), real(spec, "weight_decay"));
  EXPECT_EQ(output.schedules.at("lr").front().scheduler.use, "constant");
  EXPECT_EQ(output.schedules.at("weight_decay"), spec.schedules.at("weight_decay"));
}

TEST(manifest_groups, with_an_optimizer_of_their_own_begin_from_its_defaults) {
  const optimizer_spec spec = first_optimizer(
      on_mlp("use: muon, schedule: {lr: {use: cosine}}, groups: [{role: bias, use: lookahead, with: {k: 3},"
             " inner: {use: adamw, with: {lr: 3e-4}}}]"));
  const optimizer_spec& biases = spec.groups.at(0);
  EXPECT_EQ(biases.optimizer.use, "lookahead");
  EXPECT_THAT(biases.schedules, IsEmpty());
  EXPECT_EQ(biases.inner.at(0).optimizer.use, "adamw");
  EXPECT_EQ(real(biases.inner.at(0), "lr"), 3e-4);
}

TEST(manifest_groups, are_searched_under_their_own_names) {
  const plan all =
      parse(on_mlp("use: adam, with: {lr: {grid: [0.1, 0.2]}},"
                   "groups: [{role: bias, with: {lr: {grid: [1, 2]}, beta1: 0.5}}]"));
  std::vector<std::pair<double, double>> seen;
  for (std::size_t i = 0; i < all.trials.size(); ++i) {
    const trial_spec& spec = all.trials[i].spec;
    EXPECT_EQ(std::get<double>(spec.point.at("[bias].lr")), real(spec.optimizer.groups.at(0), "lr"));
    seen.emplace_back(real(spec.optimizer, "lr"), real(spec.optimizer.groups[0], "lr"));
  }
  EXPECT_THAT(
      seen, ElementsAre(std::pair(0.1, 1.0), std::pair(0.1, 2.0), std::pair(0.2, 1.0), std::pair(0.2, 2.0)));
}

TEST(manifest_groups, follow_a_searched_value_of_the_rest) {
  const plan all =
      parse(on_mlp("use: adam, with: {lr: {grid: [0.1, 0.2]}}, groups: [{role: bias, with: {beta1: 0.5}}]"));
  ASSERT_EQ(all.trials.size(), 2U);
  EXPECT_EQ(real(all.trials[1].spec.optimizer.groups.at(0), "lr"), 0.2);
}

TEST(manifest_groups, that_select_nothing_of_a_problem_are_no_part_of_its_trials) {
  const std::string problems =
      "problems: [{use: mlp, data: {use: digits}}, {use: softmax, data: {use: digits}}]\n";
  const std::string plain = problems + "repetitions: 1\noptimizers: [{use: adam}]\n";
  const std::string grouped =
      problems +
      "repetitions: 1\noptimizers: [{use: adam, groups: [{tensors: \"hidden*\", with: {lr: 0.5}}]}]\n";
  const plan without = parse(plain), with = parse(grouped);
  const auto tensors_of_mlp = report(on_mlp("use: adam, groups: [{tensors: none}]"));
  ASSERT_THAT(tensors_of_mlp, HasSubstr("hidden0.weight (weight)"));
  EXPECT_NE(with.trials[0].hash, without.trials[0].hash);
  EXPECT_EQ(with.trials[1].hash, without.trials[1].hash);
}

TEST(manifest_groups, are_part_of_a_trials_identity) {
  const auto hash = [](const std::string& optimizer) { return parse(on_mlp(optimizer)).trials[0].hash; };
  const std::string plain = hash("use: adam"), by_role = hash("use: adam, groups: [{role: bias}]");
  EXPECT_NE(plain, by_role);
  EXPECT_NE(by_role, hash("use: adam, groups: [{tensors: \"*.bias\"}]"));
  EXPECT_NE(by_role, hash("use: adam, groups: [{role: bias, with: {lr: 0.5}}]"));
}

TEST(manifest_groups, of_embeddings_are_found_where_a_model_reads_characters) {
  const auto on = [](const std::string& problem) {
    return report("problems: [" + problem +
                  "]\noptimizers: [{use: adamw, groups: [{role: embedding, with: {weight_decay: 0}}]}]\n");
  };
  EXPECT_EQ(on("{use: rnn, data: {use: text, with: {file: t.txt}}}"), "");
  EXPECT_EQ(on("{use: transformer, data: {use: text, with: {file: t.txt, labels: last}}}"), "");
  for (const char* data : {"digits", "text, with: {file: t.txt, encoding: one_hot}"}) {
    EXPECT_THAT(on("{use: rnn, data: {use: " + std::string(data) + "}}"),
                HasSubstr("[embedding] selects no tensor"));
  }
}

/// One row of whole numbers is a line of characters to these models, and a square of them an image.
TEST(manifest_groups, of_arrays_are_checked_against_the_tensors_for_examples_of_their_shape) {
  const temporary_folder folder;
  const auto on = [&](const std::string& model, const std::string& shape, const std::string& group) {
    const auto file = folder / "X.npy";
    write_file(file, npy_file<std::int32_t>(npy_dictionary("<i4", shape), std::vector<std::int32_t>(128)));
    return report("problems: [{use: " + model + ", data: {use: npy, with: {features: " + file.string() +
                  ", labels: y.npy}}}]\noptimizers: [{use: adamw, groups: [{" + group + "}]}]\n");
  };
  for (const char* model : {"rnn", "transformer"}) {
    EXPECT_EQ(on(model, "(8, 16)", "role: embedding"), "") << model;
    EXPECT_THAT(on(model, "(2, 8, 8)", "tensors: character.embedding"), HasSubstr("selects no tensor"));
    EXPECT_EQ(report("problems: [{use: " + std::string(model) +
                     ", data: {use: csv, with: {file: t.csv}}}]\n"
                     "optimizers: [{use: adamw, groups: [{tensors: character.embedding}]}]\n"),
              "");
  }
  EXPECT_EQ(on("transformer", "(2, 8, 8)", "tensors: patch.weight"), "");
  EXPECT_THAT(on("transformer", "(8, 16)", "tensors: patch.weight"), HasSubstr("selects no tensor"));
}

TEST(manifest_groups, say_what_is_wrong) {
  const auto found = [](const std::string& groups, const std::string& rest = "use: adam") {
    return report(on_mlp(rest + ", groups: " + groups));
  };
  EXPECT_THAT(found("[{with: {lr: 1}}]"),
              HasSubstr("optimizers[0].groups[0]: expected tensors, a pattern such as \"*.bias\", or role"));
  EXPECT_THAT(found("[{}, {role: nrom}]"), ::testing::Not(HasSubstr("selects no tensor")))
      << "one fault, one message";
  EXPECT_THAT(found("[{tensors: a, role: bias}]"), HasSubstr("one of the two"));
  EXPECT_THAT(found("[{role: biases}]"), HasSubstr("optimizers[0].groups[0].role: found biases, expected "
                                                   "weight, bias, norm, coordinate, embedding or other"));
  EXPECT_THAT(found("[{role: norm}]"),
              AllOf(HasSubstr("optimizers[0].groups[0]: [norm] selects no tensor"),
                    HasSubstr("problems[0] (mlp) has "), HasSubstr("(weight)"), HasSubstr("(bias)")));
  EXPECT_THAT(
      found("[{tensors: \"*\"}, {role: bias}]"),
      HasSubstr(
          "optimizers[0].groups[1]: [bias] selects no tensor, or none that the groups before it leave"));
  EXPECT_THAT(found("[{role: bias}, {role: bias, with: {lr: 1}}]"),
              HasSubstr("optimizers[0].groups[1]: [bias] is there twice"));
  EXPECT_THAT(found("[{role: bias, with: {momentum: 1}}]"),
              HasSubstr("optimizers[0].groups[0].with: unknown key momentum"));
  EXPECT_THAT(found("[{role: bias, lr: 1}]"),
              HasSubstr("optimizers[0].groups[0]: lr belongs under with: {lr: …}"));
  EXPECT_THAT(found("[{role: bias, use: adan1}]"),
              HasSubstr("optimizers[0].groups[0].use: there is no optimizer adan1"));
  EXPECT_THAT(found("[{role: bias, use: lbfgs}]"),
              HasSubstr("optimizers[0].groups[0]: lbfgs evaluates the loss itself"));
  EXPECT_THAT(found("[{role: bias}]", "use: sam"),
              AllOf(HasSubstr("optimizers[0]: sam evaluates the loss itself"), HasSubstr("under inner")));
  EXPECT_EQ(found("[{role: bias, with: {decay: 0.5}}]", "use: ema, inner: {use: adam}"), "");
  EXPECT_EQ(report(on_mlp("use: sam, inner: {use: adam, groups: [{role: bias}]}")), "");
  EXPECT_THAT(found("[{role: bias, inner: {use: sgd}}]", "use: ema, inner: {use: adam}"),
              HasSubstr("a group that keeps its optimizer keeps what that works around, too; add use: ema"));
  EXPECT_THAT(found("[{role: bias, use: ema, inner: {use: adam, groups: [{role: bias}]}}]"),
              HasSubstr("optimizers[0].groups[0].inner.groups: a group has no groups of its own"));
}

}  // namespace
}  // namespace ravine
