#pragma once

#include "compare/baseline.hpp"
#include "options/usage.hpp"
#include "store/stored.hpp"

#include <span>
#include <string>

namespace ravine::cli {

/// Adds --baseline.
void add_baseline_option(boost::program_options::options_description& options);

/// The baseline that the manifests of these experiments fixed, unless another one is asked for.
baseline_choice baseline_of(std::span<const stored_experiment> experiments, const std::string& asked = "");

/// The optimizer that --baseline names, or else the one that the manifests of these experiments fixed.
baseline_choice read_baseline(const boost::program_options::variables_map& options,
                              std::span<const stored_experiment> experiments);

}  // namespace ravine::cli
