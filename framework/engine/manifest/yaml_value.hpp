#pragma once

#include "core/error.hpp"
#include "manifest/place.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A YAML document as a tree that remembers where each value was written. Aliases and merge keys are
/// already replaced by what they stand for.
struct yaml_value {
  enum class kind {
    null,    ///< nothing, ~ or null
    plain,   ///< a scalar without quotes: a number, true, false, or text
    quoted,  ///< a scalar that is text whatever it looks like
    list,
    block  ///< keys with values
  };
  enum class layout { lines, flow };

  kind type = kind::null;
  layout style = layout::lines;  ///< of a list or block: how it was written
  place at;
  std::string text{};               ///< of a scalar
  std::vector<yaml_value> keys{};   ///< of a block, as written: keys may repeat; keys[i] belongs to items[i]
  std::vector<yaml_value> items{};  ///< of a list or block

  bool is_scalar() const { return type == kind::plain || type == kind::quoted; }

  /// The value of the first key of that name; null if this is no block or has no such key.
  const yaml_value* find(std::string_view key) const;
  yaml_value* find(std::string_view key);
};

/// Text that is not YAML, or more of it than a manifest may hold.
struct yaml_error : error {
  yaml_error(const place& where, const std::string& message) : error(message), at(where) {}
  place at;
};

/// Limits on what parse_yaml reads: far above what a person writes, low enough to be cheap.
inline constexpr std::size_t yaml_size_limit = std::size_t{1} << 20;  ///< bytes
inline constexpr std::size_t yaml_value_limit = 200'000;              ///< values, aliases replaced
inline constexpr std::size_t yaml_depth_limit = 32;                   ///< lists and blocks within one another

/// Parses one document in UTF-8. Throws yaml_error.
yaml_value parse_yaml(std::string_view text);

/// The tree as YAML that parse_yaml reads back as an equal tree, but for places, and for quotes around text
/// that needs them.
std::string emit_yaml(const yaml_value& value);

}  // namespace ravine
