#include "manifest/json_schema.hpp"
#include "manifest/yaml_value.hpp"
#include "unit/manifest/as_json.hpp"
#include "unit/manifest/json_schema.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

// The schema for editors against the reader of manifests: neither knows a key that the other does not.
namespace ravine {
namespace {

using nlohmann::json;
using testing::as_json;
using testing::built_plugins;
using testing::report;

const testing::json_schema& schema() {
  static const testing::json_schema made(manifest_schema(built_plugins()));
  return made;
}

/// Every key that there is, in one manifest that is right.
constexpr auto complete = R"(name: all
description: every key
seed: 3
repetitions: 2
problems:
  - use: mlp
    with: {hidden: [8, 4], activation: tanh}
    label: small net
    data: {use: digits, with: {train: 100, validation: 20, test: 20}}
    dtype: f64
    train: {epochs: 2, batch_size: {grid: [10, full]}, clip: {norm: 1.0, value: 0.5}, scale_lr_with_batch: {reference: 32}}
    evaluate: {every: {steps: 5}, target: {validation_accuracy: 0.9}, stop_at_target: true}
  - use: rosenbrock
    with: {n: 2}
    start: [-1.2, 1]
    instance: {rotate: true, shift: true}
    noise: 0.1
    train: {steps: 50}
train: {epochs: 3, batch_size: 64}
evaluate: {every: {epochs: 1}, target: {loss: 1e-6}}
optimizers:
  - use: adam
    with: {lr: {log_uniform: [1e-4, 1e-1]}, beta2: {choice: [0.99, 0.999]}}
    label: Adam
    on: [small net]
    schedule:
      lr:
        - {use: warmup, for: {epochs: 1}}
        - {use: cosine, with: {min: 0}, by: epoch}
  - {use: sgd, search: default, on: rosenbrock}
limits: {seconds: 600, memory: 2 GiB}
threads_per_trial: 1
checkpoint: {every: {steps: 10}, at_end: true}
tuning: {method: random, trials: 3, repetitions: 2, finalists: 2, studies: 2, metric: validation_loss,
  stop_early: {factor: 3, rungs: 1}}
)";

bool reader_accepts(const yaml_value& manifest) { return report(emit_yaml(manifest)).empty(); }

/// Calls body with each value within, the outermost first.
void for_each_value(yaml_value& value, const std::function<void(yaml_value&)>& body) {
  body(value);
  for (yaml_value& each : value.items) for_each_value(each, body);
}

yaml_value plain(const std::string& text) {
  yaml_value made;
  made.type = yaml_value::kind::plain;
  made.text = text;
  return made;
}

TEST(schema, and_reader_accept_what_is_right) {
  EXPECT_EQ(report(complete), "");
  EXPECT_TRUE(schema().accepts(as_json(parse_yaml(complete))));
}

TEST(schema, accepts_the_experiments_that_are_here) {
  const auto folder = std::filesystem::path(RAVINE_TEST_SOURCE_DIR) / "../experiments";
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream stream(entry.path());
    std::string text(std::istreambuf_iterator<char>(stream), {});
    if (entry.path().parent_path().filename() == "suites")
      text += "optimizers: [{use: adam}]\n";  // as the command does
    EXPECT_TRUE(schema().accepts(as_json(parse_yaml(text)))) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 3);
}

TEST(schema, and_reader_refuse_an_unknown_key_in_every_block) {
  yaml_value manifest = parse_yaml(complete);
  int blocks = 0;
  for_each_value(manifest, [&](yaml_value& value) {
    if (value.type != yaml_value::kind::block) return;
    ++blocks;
    value.keys.push_back(plain("zzz"));
    value.items.push_back(plain("1"));
    EXPECT_FALSE(reader_accepts(manifest)) << emit_yaml(manifest);
    EXPECT_FALSE(schema().accepts(as_json(manifest))) << emit_yaml(manifest);
    value.keys.pop_back();
    value.items.pop_back();
  });
  EXPECT_GT(blocks, 25);
}

TEST(schema, accepts_whatever_the_reader_accepts_in_place_of_a_value) {
  yaml_value manifest = parse_yaml(complete);
#if defined(RAVINE_SANITIZE_ADDRESS)
  constexpr int apart = 4;  // each manifest starts two processes, which takes a sanitizer a tenth of a second
#else
  constexpr int apart = 1;
#endif
  int values = 0, accepted = 0, refused_by_both = 0;
  for_each_value(manifest, [&](yaml_value& value) {
    if (values++ % apart != 0) return;
    const yaml_value before = value;
    for (const char* text :
         {"", "zzz", "\"zzz\"", "-1", "0", "1", "0.5", "true", "[]", "[1]", "{}", "{grid: [1, 2]}"}) {
      value = parse_yaml(std::string("x: ") + text).items[0];
      const json document = as_json(manifest);
      if (reader_accepts(manifest)) {
        ++accepted;
        EXPECT_TRUE(schema().accepts(document)) << emit_yaml(manifest);
      } else if (!schema().accepts(document)) {
        ++refused_by_both;
      }
    }
    value = before;
  });
  EXPECT_GT(accepted, 50 / apart);
  EXPECT_GT(refused_by_both, 400 / apart);
}

}  // namespace
}  // namespace ravine
