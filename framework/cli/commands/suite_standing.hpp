#pragma once

#include "manifest/suite.hpp"
#include "trial/plan.hpp"

#include <filesystem>

namespace ravine::cli {

/// Prints where the optimizer of an experiment on a suite, whose results are in the file, stands among the
/// suite's baselines. Throws ravine::error if those were not run by this version of the suite.
void print_suite_standing(const suite& of, const plan& experiment, const std::filesystem::path& results);

}  // namespace ravine::cli
