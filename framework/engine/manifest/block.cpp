#include "manifest/block.hpp"

#include "core/nearest.hpp"

#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

std::vector<std::string> keys_of(const block_grammar& grammar) {
  std::vector<std::string> names;
  for (const key_grammar& key : grammar.keys) names.emplace_back(key.name);
  return names;
}

bool check_is_block(const yaml_value& value, std::string_view name, const std::vector<std::string>& keys,
                    diagnostics& errors) {
  if (value.type == yaml_value::kind::block || value.type == yaml_value::kind::null) return true;
  expected(value, name, keys.empty() ? "a block" : fmt::format("a block such as {{{}: …}}", keys.front()),
           errors);
  return false;
}

/// Whether the key at an index is known and the first of its name.
bool check_key(const yaml_value& value, std::size_t index, std::string_view name,
               const std::vector<std::string>& keys, const std::vector<std::string>& inner,
               diagnostics& errors) {
  const yaml_value& key = value.keys[index];
  if (!key.is_scalar()) {
    expected(key, name, "a key", errors);
    return false;
  }
  if (std::ranges::find(keys, key.text) == keys.end()) {
    const bool deeper = std::ranges::find(inner, key.text) != inner.end();
    errors.add(key.at, deeper ? fmt::format("{}: {} belongs under with: {{{}: …}}", name, key.text, key.text)
                              : fmt::format("{}: unknown key {}{}", name, found_text(key),
                                            keys.empty() ? "; it has none" : expected_name(key.text, keys)));
    return false;
  }
  if (value.find(key.text) != &value.items[index]) {
    errors.add(key.at, fmt::format("{}: the key {} is there twice", name, key.text));
    return false;
  }
  return true;
}

}  // namespace

yaml_value fallback_of(const key_grammar& key) {
  return {.type = yaml_value::kind::plain, .at = {}, .text = std::string(key.fallback)};
}

block::block(const yaml_value& value, std::string name, const block_grammar& grammar, diagnostics& errors,
             const std::vector<std::string>& inner)
    : value_(&value), name_(std::move(name)), grammar_(&grammar), errors_(&errors) {
  const std::vector<std::string> keys = keys_of(grammar);
  valid_ = check_is_block(value, title(), keys, errors);
  if (!valid_) return;
  for (std::size_t i = 0; i < value.keys.size(); ++i) check_key(value, i, title(), keys, inner, errors);
  check_required();
  check_alternatives();
}

void block::check_required() const {
  for (const key_grammar& key : grammar_->keys) {
    if (key.missing.empty() || value_->find(key.name) != nullptr) continue;
    if (!key.instead.empty() && value_->find(key.instead) != nullptr) continue;
    errors_->add(value_->at,
                 name_.empty() ? std::string(key.missing) : fmt::format("{}: {}", name_, key.missing));
  }
}

void block::check_alternatives() const {
  if (grammar_->holds == block_grammar::rule::at_least_one && value_->items.empty()) {
    errors_->add(value_->at, fmt::format("{}: is empty, expected at least one of {}", title(),
                                         fmt::join(keys_of(*grammar_), ", ")));
  }
  if (grammar_->holds != block_grammar::rule::exactly_one) return;
  const yaml_value* first = nullptr;
  for (const key_grammar& key : grammar_->keys) {
    const yaml_value* const value = value_->find(key.name);
    if (value != nullptr && first != nullptr) {
      errors_->add(value->at, fmt::format("{}: expected one of {}, not two of them", title(),
                                          fmt::join(keys_of(*grammar_), ", ")));
    }
    if (first == nullptr) first = value;
  }
}

std::string block::title() const { return name_.empty() ? "the manifest" : name_; }

std::string block::path(std::string_view key) const {
  return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
}

const yaml_value* block::operator[](std::string_view key) const {
  return value_->find(grammar_->at(key).name);
}

template <class Read>
auto block::read(std::string_view key, Read how) const {
  const key_grammar& row = grammar_->at(key);
  const yaml_value* const written = value_->find(key);
  decltype(how(*written, std::string(), row)) value;
  if (written != nullptr) value = how(*written, path(key), row);
  if (!value && !row.fallback.empty()) value = how(fallback_of(row), path(key), row);
  return value;
}

std::optional<std::string> block::text(std::string_view key) const {
  return read(key, [&](const yaml_value& value, const std::string& name, const key_grammar&) {
    return read_text(value, name, *errors_);
  });
}

std::optional<std::uint64_t> block::count(std::string_view key) const {
  return read(key,
              [&](const yaml_value& value, const std::string& name,
                  const key_grammar& row) -> std::optional<std::uint64_t> {
                const auto number = read_integer(value, name, row.value, *errors_);
                if (!number) return std::nullopt;
                return static_cast<std::uint64_t>(std::get<std::int64_t>(*number));
              });
}

std::optional<double> block::real(std::string_view key) const {
  return read(key, [&](const yaml_value& value, const std::string& name, const key_grammar& row) {
    return read_real(value, name, row.value, *errors_);
  });
}

std::optional<bool> block::flag(std::string_view key) const {
  return read(key, [&](const yaml_value& value, const std::string& name, const key_grammar&) {
    return read_flag(value, name, *errors_);
  });
}

std::optional<std::string_view> block::word(std::string_view key) const {
  return read(key, [&](const yaml_value& value, const std::string& name, const key_grammar& row) {
    return read_word(value, name, row.value, row.hint, *errors_);
  });
}

const std::vector<yaml_value>* block::list(std::string_view key) const {
  const key_grammar& row = grammar_->at(key);
  const yaml_value* const written = value_->find(key);
  return written == nullptr ? nullptr : read_list(*written, path(key), row.value, *errors_);
}

std::vector<block_entry> read_entries(const yaml_value& value, std::string_view name,
                                      const std::vector<std::string>& keys, diagnostics& errors) {
  std::vector<block_entry> entries;
  if (!check_is_block(value, name, keys, errors)) return entries;
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    if (check_key(value, i, name, keys, {}, errors)) entries.push_back({&value.keys[i], &value.items[i]});
  }
  return entries;
}

}  // namespace ravine
