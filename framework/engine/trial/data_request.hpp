#pragma once

#include "core/settings.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace ravine {

/// `use` and `with` of a manifest's data block.
struct data_request {
  std::string use;
  /// Complete in a trial, but for options that came later and have their defaults; elsewhere what is not
  /// given has its default.
  settings with;
  /// Of the decoded examples, see content_fingerprint(); empty until they have been loaded.
  std::string sha256 = {};

  bool operator==(const data_request&) const = default;
};

/// Whether name and options say all about the examples, since they are drawn, or of files whose SHA-256 is
/// known: no option names a file.
inline bool is_fixed(const data_request& request) {
  return std::ranges::none_of(
      request.with, [](const auto& option) { return std::holds_alternative<std::string>(option.second); });
}

}  // namespace ravine
