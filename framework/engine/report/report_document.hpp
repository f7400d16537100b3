#pragma once

#include "compare/baseline.hpp"
#include "compare/pairing.hpp"
#include "plugin/registry.hpp"
#include "store/store.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// A results file, read.
struct results_file {
  std::string name;  ///< without its folder
  std::vector<stored_experiment> experiments;
  std::vector<stored_trial> trials;
  std::shared_ptr<const store> from = {};  ///< has their whole curves and their paths; null: they have them
};

/// Reads results files. Throws store_error.
std::vector<results_file> read_results(std::span<const std::string> files);

/// Everything that the pages show of results: the comparison, the curves, the paths, the landscapes as they
/// are drawn by the plugins at hand, and where it all comes from. README.md beside this file describes it.
/// Numbers of curves have six significant digits. Of more than
/// 2000 trials some are drawn, see drawn_trials. `family` and errors are those of compare.
nlohmann::json report_document(std::vector<results_file> files, const registry& plugins,
                               const baseline_choice& baseline = {},
                               std::span<const paired_test> family = {});

}  // namespace ravine
