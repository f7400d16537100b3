#pragma once

#include "validate/child.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ravine {

/// How one check of one component ended.
struct check_result {
  std::string component;  ///< its id; "" for checks of the file
  std::string name;       ///< of the check
  std::string promise;
  std::string hint;
  child_outcome outcome;
  /// Of a check that failed: the first check of the component that failed for the same reason; "" if it is
  /// the first itself.
  std::string same_as;
};

/// Every check of one file.
struct validation {
  std::filesystem::path file;
  std::vector<check_result> results;

  std::size_t count(verdict of) const;
  bool passed() const { return count(verdict::fail) == 0; }
  double seconds() const;
};

constexpr std::chrono::duration<double> default_check_limit{10};

/// Runs all checks on a shared object. A file that does not load gets the checks of the file alone.
/// The plugin is loaded by the processes of the checks alone.
validation validate_plugin(const std::filesystem::path& file,
                           std::chrono::duration<double> limit = default_check_limit);

}  // namespace ravine
