#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace ravine {

struct block_grammar;

/// What the value of a key may be. `one` value, a list of them, or either.
struct value_grammar {
  enum class form {
    text,       ///< a scalar in one line
    prose,      ///< any scalar, or nothing
    flag,       ///< true or false
    integer,    ///< from `minimum` to `maximum`, or one of `words`
    real,       ///< from `minimum` to `maximum`
    word,       ///< one of `words`
    size,       ///< of memory: "2 GiB"
    candidate,  ///< a value of whatever is searched
    block,      ///< with the keys of `inner`
    use,        ///< the name of a component or data source
    with,       ///< the hyperparameters of what `use` names, or the options of a data source
    schedule    ///< for each hyperparameter of what `use` names one `inner`, or a list of them
  };
  enum class arity { one, list, one_or_list };
  enum class provider { model, optimizer, scheduler, data_source };

  static constexpr double unlimited = std::numeric_limits<double>::infinity();
  static constexpr double exact_limit = 9007199254740992.0;  ///< 2^53: whole numbers up to here are exact

  form type = form::text;
  arity count = arity::one;
  std::size_t least_entries = 1;  ///< of a list
  std::size_t most_entries = std::numeric_limits<std::size_t>::max();

  std::string_view noun{};      ///< for a number or text, such as "a share"; empty: the type's usual one
  double minimum = -unlimited;  ///< of numbers
  double maximum = unlimited;
  bool above_minimum = false;  ///< the minimum itself is not allowed
  std::span<const std::string_view> words{};

  const block_grammar* inner = nullptr;
  const block_grammar* range = nullptr;  ///< a block that may stand in place of a list of numbers
  provider from = provider::model;       ///< of `use` and `with`
  bool searchable = false;               ///< a search expression may stand in its place
  bool nullable = false;                 ///< null takes away what a wider block says, or turns it off
};

/// A key of a block: all that the reader, the JSON Schema and docs/manifest.md know about it.
struct key_grammar {
  std::string_view name;
  value_grammar value;
  std::string_view example;     ///< a valid value, in YAML
  std::string_view fallback{};  ///< the default, as a YAML scalar; empty if there is none
  std::string_view
      default_text{};            ///< on the default: what it is where it is no fixed value, or where it holds
  std::string_view missing{};    ///< of a required key: the message when it is absent
  std::string_view instead{};    ///< of a required key: one that may stand in its place
  std::string_view hint{};       ///< the end of a message about the value, after what was expected
  std::string_view description;  ///< in Markdown: one or two sentences

  // For the tables.
  constexpr key_grammar by_default(std::string_view yaml) const { return with(&key_grammar::fallback, yaml); }
  constexpr key_grammar otherwise(std::string_view text) const {
    return with(&key_grammar::default_text, text);
  }
  constexpr key_grammar required(std::string_view message) const {
    return with(&key_grammar::missing, message);
  }
  constexpr key_grammar or_instead(std::string_view other) const {
    return with(&key_grammar::instead, other);
  }
  constexpr key_grammar with_hint(std::string_view text) const { return with(&key_grammar::hint, text); }

  constexpr key_grammar with(std::string_view key_grammar::*field, std::string_view text) const {
    key_grammar changed = *this;
    changed.*field = text;
    return changed;
  }
};

/// A block: keys with values.
struct block_grammar {
  enum class rule {
    any,  ///< each key may be there or not, if it is not required
    at_least_one,
    exactly_one  ///< the keys are alternatives
  };

  std::string_view name;         ///< in the schema and on the page
  std::string_view description;  ///< in Markdown
  std::span<const key_grammar> keys;
  rule holds = rule::any;

  /// Null if there is no such key.
  const key_grammar* find(std::string_view key) const;

  /// The same for a key that is there; throws std::logic_error if it is not.
  const key_grammar& at(std::string_view key) const;
};

/// The values in words, as messages and the page name them: "a number above 0", "f32 or f64". Lists are
/// described by their entries.
std::string describe(const value_grammar& value);

/// Every block of a manifest.
namespace grammar {

extern const block_grammar manifest, problem, data, instance, train, clip, scale_lr_with_batch, evaluate,
    curvature, target, range, length, optimizer, inner_optimizer, group, stage, stage_length, tuning,
    stop_early, limits, checkpoint, search;

/// All of them, in the order of the page.
std::span<const block_grammar* const> blocks();

}  // namespace grammar
}  // namespace ravine
