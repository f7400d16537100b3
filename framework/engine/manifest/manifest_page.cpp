#include "manifest/manifest_page.hpp"

#include "manifest/grammar.hpp"
#include "manifest/manifest_page_text.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

namespace ravine {
namespace {

using form = value_grammar::form;
using arity = value_grammar::arity;

std::string code(std::string_view text) { return fmt::format("`{}`", text); }

std::string link(const block_grammar& block) { return fmt::format("[{}](#{})", block.name, block.name); }

/// The value in words, without an article.
std::string plainly(const value_grammar& value) {
  const std::string text = describe(value);
  return text.starts_with("a ") ? text.substr(2) : text;
}

std::string code_words(const value_grammar& value) {
  std::string text;
  for (std::size_t left = value.words.size(); const std::string_view word : value.words) {
    --left;
    text += code(word) + (left > 1 ? ", " : left == 1 ? " or " : "");
  }
  return text;
}

std::string one_value(const value_grammar& value) {
  switch (value.type) {
    case form::word:
      return code_words(value);
    case form::integer: {
      value_grammar number = value;
      number.words = {};
      return plainly(number) + (value.words.empty() ? "" : ", or " + code_words(value));
    }
    case form::block:
      return link(*value.inner);
    case form::use:
      return "name of " + describe(value);
    case form::with:
      return value.from == value_grammar::provider::data_source ? "block of options"
                                                                : "block of hyperparameters";
    case form::schedule:
      return fmt::format("block of hyperparameters, each {} or a list of them", link(*value.inner));
    default:
      return plainly(value);
  }
}

std::string type_of(const value_grammar& value) {
  std::string text = one_value(value);
  if (value.searchable && value.type != form::with) text += ", or a [search expression](#search)";
  if (value.nullable) text += ", or `null`";
  if (value.type == form::schedule || value.count == arity::one) return text;
  if (value.count == arity::one_or_list) {
    return text + (value.range == nullptr ? ", or a list" : ", a list, or a " + link(*value.range));
  }
  if (value.most_entries == 2) return "`[low, high]`, each a " + text;
  return value.type == form::block ? "list of " + text : "list, each entry a " + text;
}

std::string default_of(const key_grammar& key) {
  if (!key.instead.empty()) return fmt::format("required, unless there is {}", code(key.instead));
  if (!key.missing.empty()) return "required";
  if (key.fallback.empty()) return std::string(key.default_text);
  return code(key.fallback) + (key.default_text.empty() ? "" : " ") + std::string(key.default_text);
}

std::string table_of(const block_grammar& block) {
  const bool defaults =
      std::ranges::any_of(block.keys, [](const key_grammar& key) { return !default_of(key).empty(); });
  std::string text = defaults ? "| Key, with an example | Value | Default | Meaning |\n|---|---|---|---|\n"
                              : "| Key, with an example | Value | Meaning |\n|---|---|---|\n";
  for (const key_grammar& key : block.keys) {
    text += fmt::format("| `{}: {}` | {} | ", key.name, key.example, type_of(key.value));
    if (defaults) text += default_of(key) + " | ";
    text += fmt::format("{} |\n", key.description);
  }
  return text;
}

std::string section_of(const block_grammar& block) {
  std::string text = fmt::format("### {}\n\n{}\n\n{}", block.name, block.description, table_of(block));
  const auto notes = std::ranges::find(page_text::notes, block.name, &page_text::note::block);
  if (notes != page_text::notes.end()) text += fmt::format("\n{}\n", notes->text);
  return text + '\n';
}

}  // namespace

std::string manifest_page() {
  std::string page = fmt::format("{}\n\n```yaml\n{}```\n\n{}\n\n", page_text::introduction,
                                 page_text::example, page_text::reading);
  for (const block_grammar* block : grammar::blocks()) page += section_of(*block);
  return page + std::string(page_text::ending) + '\n';
}

}  // namespace ravine
