#pragma once

#include "plugin/component.hpp"

#include <filesystem>
#include <span>
#include <string_view>

namespace ravine {

/// The promise is broken; the text says how.
struct check_failed : error {
  using error::error;
};

/// The promise was not made; the text says why.
struct not_applicable : error {
  using error::error;
};

/// What is checked: a file, and once it is loaded one of its components.
struct subject {
  std::filesystem::path file;
  const component* which = nullptr;  ///< null for checks of the file
};

/// One promise of plugins.
struct check {
  std::string_view name;     ///< "split_invariance"
  std::string_view promise;  ///< what holds if it passes
  std::string_view hint;     ///< what to do if it fails
  /// Throws check_failed or not_applicable. Whatever else it throws is a failure too.
  void (*run)(const subject&);
};

std::span<const check> object_checks();
std::span<const check> description_checks();
/// For components of all kinds.
std::span<const check> lifetime_checks();
std::span<const check> hyperparameter_checks();
std::span<const check> host_checks();
/// For one kind.
std::span<const check> optimizer_checks();
std::span<const check> scheduler_checks();
std::span<const check> model_checks();

}  // namespace ravine
