#include "manifest/grammar.hpp"

#include "manifest/diagnostics.hpp"
#include "manifest/json_schema.hpp"
#include "manifest/manifest_page.hpp"
#include "manifest/manifest_page_text.hpp"
#include "manifest/overrides.hpp"
#include "manifest/yaml_value.hpp"
#include "unit/manifest/as_json.hpp"
#include "unit/manifest/json_schema.hpp"
#include "unit/manifest/manifest_support.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Every key of the grammar through the three that are made from it: the reader, the JSON Schema and
// docs/manifest.md.
namespace ravine {
namespace {

using form = value_grammar::form;
using arity = value_grammar::arity;
using ::testing::HasSubstr;

/// A valid manifest with a path at which a block stands, or may stand.
struct setting_of_block {
  const block_grammar* block;
  std::string path;
  std::string manifest;
};

const std::vector<setting_of_block>& settings_of_blocks() {
  const std::string trained =
      "problems: [{use: mlp, data: {use: digits}}]\noptimizers: [{use: adam, with: {beta1: 0.8}}]\n";
  const std::string landscape = "problems: [{use: rosenbrock, label: bowl}]\noptimizers: [{use: adam}]\n";
  const std::string tuned =
      "problems: [{use: beale}]\ntuning: {trials: 6}\n"
      "optimizers: [{use: adam, with: {lr: {log_uniform: [1e-4, 1]}}}]\n";
  const std::string wrapped = "problems: [{use: beale}]\noptimizers: [{use: ema, inner: {use: adam}}]\n";
  const std::string wrapped_twice =
      "problems: [{use: beale}]\noptimizers: [{use: ema, inner: {use: lookahead, inner: {use: adam}}}]\n";
  const std::string network = "problems: [{use: mlp, data: {use: digits}}]\n";
  const std::string grouped =
      network + "optimizers: [{use: adam, groups: [{role: bias, with: {lr: 0.1}}]}]\n";
  const std::string lists = "problems: [{use: beale}]\noptimizers: [{use: adam}]\n";
  static const std::vector<setting_of_block> all{
      {&grammar::manifest, "", trained},
      {&grammar::manifest, "", "optimizers: [{use: adam}]\n"},
      {&grammar::problem, "problems[0]", trained},
      {&grammar::problem, "problems[0]", landscape},
      {&grammar::data, "problems[0].data", trained},
      {&grammar::instance, "problems[0].instance", landscape},
      {&grammar::train, "train", trained},
      {&grammar::train, "problems[0].train", trained},
      {&grammar::clip, "train.clip", trained},
      {&grammar::scale_lr_with_batch, "train.scale_lr_with_batch",
       trained + "train: {scale_lr_with_batch: {reference: 8}}\n"},
      {&grammar::evaluate, "evaluate", trained + "evaluate: {target: {train_loss: 0.1}}\n"},
      {&grammar::curvature, "evaluate.curvature", trained + "evaluate: {curvature: {every: {steps: 5}}}\n"},
      {&grammar::target, "problems[0].evaluate.target", trained},
      {&grammar::target, "problems[0].evaluate.target", landscape},
      {&grammar::range, "evaluate.target.gap",
       landscape + "evaluate: {target: {gap: {from: 1, to: 1e-10, count: 3}}}\n"},
      {&grammar::length, "evaluate.every", trained},
      {&grammar::optimizer, "optimizers[0]", landscape},
      {&grammar::optimizer, "optimizers[0]", tuned},
      {&grammar::optimizer, "optimizers[0]", wrapped},
      {&grammar::optimizer, "optimizers[0]", trained},
      {&grammar::inner_optimizer, "optimizers[0].inner", wrapped},
      {&grammar::inner_optimizer, "optimizers[0].inner", wrapped_twice},
      {&grammar::inner_optimizer, "optimizers[0].inner", wrapped + "tuning: {trials: 6}\n"},
      {&grammar::inner_optimizer, "optimizers[0].inner",
       network + "optimizers: [{use: ema, inner: {use: adam}}]\n"},
      {&grammar::group, "optimizers[0].groups[0]", grouped},
      {&grammar::group, "optimizers[0].groups[0]", grouped + "tuning: {trials: 6}\n"},
      {&grammar::group, "optimizers[0].groups[0]",
       network + "optimizers: [{use: adam, groups: [{tensors: \"*.bias\"}]}]\n"},
      {&grammar::group, "optimizers[0].groups[0]",
       network + "optimizers: [{use: adam, groups: [{role: bias, use: ema, inner: {use: sgd}}]}]\n"},
      {&grammar::stage, "optimizers[0].schedule.lr",
       "problems: [{use: beale}]\noptimizers: [{use: sgd, schedule: {lr: {use: cosine}}}]\n"},
      {&grammar::stage_length, "optimizers[0].schedule.lr.for",
       "problems: [{use: mlp, data: {use: digits}}]\n"
       "optimizers: [{use: sgd, schedule: {lr: {use: cosine, for: {share: 0.5}}}}]\n"},
      {&grammar::search, "optimizers[0].with.lr", lists},
      {&grammar::search, "optimizers[0].with.lr", lists + "tuning: {trials: 3}\n"},
      {&grammar::search, "problems[0].with.n", "problems: [{use: rosenbrock}]\noptimizers: [{use: adam}]\n"},
      {&grammar::tuning, "tuning", tuned},
      {&grammar::stop_early, "tuning.stop_early", tuned},
      {&grammar::limits, "limits", landscape},
      {&grammar::checkpoint, "checkpoint", landscape + "checkpoint: {every: {steps: 5}}\n"},
  };
  return all;
}

struct verdicts {
  std::string reader;  ///< what it reports; "" if it accepts the manifest
  bool schema;
};

/// What the reader and the schema say of a manifest, changed as --set would.
verdicts judge(const std::string& manifest, const std::vector<std::string>& changes) {
  static const testing::json_schema schema(manifest_schema(testing::built_plugins()));
  yaml_value changed = parse_yaml(manifest);
  diagnostics none(changes);
  apply_overrides(changed, changes, none);
  return {testing::report(manifest, changes), schema.accepts(testing::as_json(changed))};
}

/// The same with a key of a block set to a value.
verdicts judge(const setting_of_block& where, std::string_view key, std::string_view value) {
  return judge(where.manifest,
               {fmt::format("{}{}{}={}", where.path, where.path.empty() ? "" : ".", key, value)});
}

/// Values that the grammar forbids: of another type, and out of bounds.
std::vector<std::string> forbidden(const value_grammar& value) {
  std::vector<std::string> all;
  const bool is_list = value.count == arity::list;
  const auto entry = [&](const std::string& text) {
    return value.count == arity::list ? fmt::format("[{}{}]", value.least_entries == 2 ? "0.5, " : "", text)
                                      : text;
  };
  if (is_list) all.insert(all.end(), {"zzz", "[]", "{zzz: 1}"});
  switch (value.type) {
    case form::flag:
    case form::word:
    case form::use:
      all.insert(all.end(), {"zzz", "[]", "{zzz: 1}"});
      break;
    case form::text:
    case form::prose:
      all.insert(all.end(), {"[]", "{zzz: 1}"});
      break;
    case form::size:
      all.insert(all.end(), {"zzz", "7", "2 giga", "[]", "{zzz: 1}"});
      break;
    case form::integer:
      all.push_back(entry("0.5"));
      [[fallthrough]];
    case form::real:
      for (const char* text : {"zzz", "'1'", "true", "[]", "{zzz: 1}"}) all.push_back(entry(text));
      if (value.minimum > -value_grammar::unlimited) {
        all.push_back(entry(fmt::format("{:.0f}", value.above_minimum ? value.minimum : value.minimum - 1)));
      }
      if (value.maximum < value_grammar::unlimited)
        all.push_back(entry(fmt::format("{:.0f}", value.maximum + 2)));
      break;
    case form::block:
    case form::with:
    case form::schedule:
      all.insert(all.end(), {entry("zzz"), entry("1"), entry("{zzz: 1}")});
      if (!is_list) all.push_back("[]");
      break;
    case form::candidate:
      all.push_back("[zzz]");
      break;
  }
  return all;
}

std::string page_in_the_repository() {
  const auto file = std::filesystem::path(RAVINE_TEST_SOURCE_DIR) / "../docs/manifest.md";
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Where the block stands such that the reader accepts the example of the key.
std::vector<setting_of_block> where_valid(const block_grammar& block, const key_grammar& key) {
  std::vector<setting_of_block> all;
  std::ranges::copy_if(settings_of_blocks(), std::back_inserter(all), [&](const setting_of_block& each) {
    return each.block == &block && judge(each, key.name, key.example).reader.empty();
  });
  return all;
}

TEST(grammar, accepts_the_example_and_the_default_of_every_key_in_reader_and_schema) {
  for (const block_grammar* block : grammar::blocks()) {
    for (const key_grammar& key : block->keys) {
      const auto valid = where_valid(*block, key);
      EXPECT_FALSE(valid.empty()) << block->name << '.' << key.name << ": " << key.example
                                  << " is accepted in no manifest of this test; does one have this block?";
      for (const setting_of_block& where : valid) {
        EXPECT_TRUE(judge(where, key.name, key.example).schema) << block->name << '.' << key.name;
        if (key.fallback.empty()) continue;
        const verdicts said = judge(where, key.name, key.fallback);
        EXPECT_EQ(said.reader, "") << block->name << '.' << key.name;
        EXPECT_TRUE(said.schema) << block->name << '.' << key.name;
      }
    }
  }
}

TEST(grammar, refuses_values_of_another_type_or_out_of_bounds_in_reader_and_schema) {
  for (const block_grammar* block : grammar::blocks()) {
    for (const key_grammar& key : block->keys) {
      const std::vector<std::string> values = forbidden(key.value);
      EXPECT_FALSE(values.empty()) << key.name;
      for (const setting_of_block& where : where_valid(*block, key)) {
        for (const std::string& value : values) {
          const verdicts said = judge(where, key.name, value);
          EXPECT_THAT(said.reader, HasSubstr(std::string(key.name))) << where.path << ": " << value;
          EXPECT_FALSE(said.schema) << where.path << '.' << key.name << ": " << value;
        }
      }
    }
  }
}

TEST(grammar, misses_required_keys_in_reader_and_schema) {
  int missed = 0;
  for (const setting_of_block& where : settings_of_blocks()) {
    for (const key_grammar& key : where.block->keys) {
      if (key.missing.empty()) continue;
      const verdicts said =
          where.path.empty() ? judge("{}", {}) : judge(where.manifest, {where.path + "={}"});
      EXPECT_THAT(said.reader, HasSubstr(std::string(key.missing)));
      EXPECT_FALSE(said.schema) << where.path << '.' << key.name;
      ++missed;
    }
  }
  EXPECT_GE(missed, 8);
}

TEST(grammar, refuses_a_key_that_no_table_has_in_reader_and_schema) {
  for (const setting_of_block& where : settings_of_blocks()) {
    const verdicts said = judge(where, "zzz", "1");
    EXPECT_THAT(said.reader, HasSubstr("unknown key zzz")) << where.path;
    EXPECT_FALSE(said.schema) << where.path;
  }
}

TEST(grammar, has_the_defaults_that_the_reader_takes) {
  const trial_spec spec =
      testing::parse("problems: [{use: softmax, data: {use: digits}}]\noptimizers: [{use: sgd}]\n")
          .trials.at(0)
          .spec;
  EXPECT_EQ(std::to_string(spec.seed), grammar::manifest.at("seed").fallback);
  EXPECT_EQ(std::to_string(spec.threads), grammar::manifest.at("threads_per_trial").fallback);
  EXPECT_EQ(fmt::format("{}", spec.train.budget.count), grammar::train.at("epochs").fallback);
  EXPECT_EQ(std::to_string(spec.train.batch_size), grammar::train.at("batch_size").fallback);
}

TEST(grammar, is_all_on_the_page) {
  const std::string page = page_in_the_repository();
  for (const block_grammar* block : grammar::blocks()) {
    const std::size_t begin = page.find(fmt::format("\n### {}\n", block->name));
    ASSERT_NE(begin, std::string::npos) << block->name;
    const std::string section = page.substr(begin, page.find("\n### ", begin + 1) - begin);
    EXPECT_THAT(section, HasSubstr(std::string(block->description)));
    for (const key_grammar& key : block->keys) {
      EXPECT_FALSE(key.description.empty()) << key.name;
      EXPECT_THAT(section, HasSubstr(fmt::format("| `{}: {}` |", key.name, key.example)));
      EXPECT_THAT(section, HasSubstr(fmt::format(" | {} |", key.description)));
    }
  }
  for (const page_text::note& note : page_text::notes) {
    EXPECT_TRUE(std::ranges::any_of(grammar::blocks(), [&](const auto* b) { return b->name == note.block; }))
        << "the page's text has a note on " << note.block << ", which is no block";
  }
}

TEST(manifest_page, is_the_one_in_the_repository) {
  EXPECT_TRUE(page_in_the_repository() == manifest_page())
      << "docs/manifest.md differs from the grammar; make it again:\n"
         "  ravine schema --format markdown > docs/manifest.md";
}

TEST(manifest_page, shows_a_manifest_that_reader_and_schema_accept) {
  const std::string shown(page_text::example);
  EXPECT_EQ(testing::report(shown), "");
  const testing::json_schema schema(manifest_schema(testing::built_plugins()));
  EXPECT_TRUE(schema.accepts(testing::as_json(parse_yaml(shown))));
  EXPECT_THAT(page_in_the_repository(), HasSubstr(shown));
}

}  // namespace
}  // namespace ravine
