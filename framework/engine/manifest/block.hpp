#pragma once

#include "manifest/diagnostics.hpp"
#include "manifest/grammar.hpp"
#include "manifest/names.hpp"
#include "manifest/values.hpp"
#include "manifest/yaml_value.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A value with the place where it was written.
template <class T>
struct located {
  T value;
  place at;
};

/// A block of the manifest. Its making reports a value that is no block, unknown and repeated keys, and
/// required keys that are missing; reading a key reports a value that the grammar does not allow.
class block {
 public:
  /// `name` is the path that messages call it by, empty for the manifest; an empty value counts as a block
  /// without keys. `inner` are keys that belong one level deeper, under `with`: a key that is written beside
  /// it instead is told so.
  block(const yaml_value& value, std::string name, const block_grammar& grammar, diagnostics& errors,
        const std::vector<std::string>& inner = {});

  /// Whether it is a block at all.
  bool valid() const { return valid_; }
  const place& at() const { return value_->at; }
  diagnostics& errors() const { return *errors_; }
  const block_grammar& grammar() const { return *grammar_; }

  /// What messages call the block, and a key of it: "train", "train.epochs".
  std::string title() const;
  std::string path(std::string_view key) const;

  /// The value of a key; null if it is not there. Throws std::logic_error for a key that the grammar does not
  /// have.
  const yaml_value* operator[](std::string_view key) const;

  /// What the grammar allows as the value of a key.
  const value_grammar& allowed(std::string_view key) const { return grammar_->at(key).value; }

  // The value of a key, or the grammar's default; empty if it has none, or if the value is wrong and has no
  // default either.
  std::optional<std::string> text(std::string_view key) const;
  std::optional<std::uint64_t> count(std::string_view key) const;
  std::optional<double> real(std::string_view key) const;
  std::optional<bool> flag(std::string_view key) const;
  std::optional<std::string_view> word(std::string_view key) const;

  /// What the word of a key stands for.
  template <class T, std::size_t n>
  std::optional<T> word(std::string_view key, const std::array<named<T>, n>& meanings) const {
    const auto written = word(key);
    if (!written) return std::nullopt;
    return std::ranges::find(meanings, *written, &named<T>::name)->value;
  }

  /// The entries of a list; null if it is not there, or wrong.
  const std::vector<yaml_value>* list(std::string_view key) const;

 private:
  template <class Read>
  auto read(std::string_view key, Read how) const;

  void check_required() const;
  void check_alternatives() const;

  const yaml_value* value_;
  std::string name_;
  const block_grammar* grammar_;
  diagnostics* errors_;
  bool valid_;
};

/// The default of a key as if it were written; the key has one.
yaml_value fallback_of(const key_grammar& key);

/// A key of a block with its value.
struct block_entry {
  const yaml_value* key;
  const yaml_value* value;
};

/// The entries of a block whose keys a plugin declares, in the order in which they were written. Reports a
/// value that is no block, and leaves out unknown and repeated keys, which it reports.
std::vector<block_entry> read_entries(const yaml_value& value, std::string_view name,
                                      const std::vector<std::string>& keys, diagnostics& errors);

}  // namespace ravine
