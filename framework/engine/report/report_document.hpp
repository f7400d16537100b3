#pragma once

#include "compare/baseline.hpp"
#include "compare/pairing.hpp"
#include "plugin/registry.hpp"
#include "store/store.hpp"

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// A results file, read.
struct results_file {
  std::string name;  ///< without its folder
  std::vector<stored_experiment> experiments;
  std::vector<stored_trial> trials;  ///< with their paths
};

/// Reads a results file with the paths over landscapes. Throws store_error.
results_file read_results(const std::string& file);

/// Everything that the pages show of results: the comparison, the curves, the paths, the landscapes as they
/// are drawn by the plugins at hand, and where it all comes from. README.md beside this file describes it.
/// Numbers of curves have six significant digits. `family` and errors are those of compare.
nlohmann::json report_document(const std::vector<results_file>& files, const registry& plugins,
                               const baseline_choice& baseline = {},
                               std::span<const paired_test> family = {});

}  // namespace ravine
