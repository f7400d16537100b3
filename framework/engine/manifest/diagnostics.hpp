#pragma once

#include "manifest/place.hpp"

#include <compare>
#include <string>
#include <utility>
#include <vector>

namespace ravine {

/// Collects everything that is wrong with a manifest, so that the user sees all of it at once.
class diagnostics {
 public:
  /// `overrides` are the --set expressions that the manifest is read with.
  explicit diagnostics(std::vector<std::string> overrides) : overrides_(std::move(overrides)) {}

  /// `message` says what is wrong and what was expected. A repeated error (an alias read twice) counts
  /// once.
  void add(const place& where, std::string message);

  bool empty() const { return all_.empty(); }

  /// Throws manifest_error with all errors in the order of their places, if there are any.
  void raise(const std::string& file) const;

 private:
  struct entry {
    place where;
    std::string message;

    // NOLINTNEXTLINE(modernize-use-nullptr): misread by clang-tidy 14
    auto operator<=>(const entry&) const = default;
  };

  std::vector<std::string> overrides_;
  std::vector<entry> all_;
};

}  // namespace ravine
