#pragma once

#include "plugin/registry.hpp"
#include "trial/plan.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace ravine {

/// Problems, budgets, targets, tuning and seeds that are frozen under a name and a version, with the results
/// of the shipped optimizers.
struct suite {
  std::string name;                 ///< "landscapes"
  std::string title;                ///< with the version: "landscapes-1"
  std::filesystem::path manifest;   ///< of that title, without optimizers
  std::filesystem::path baselines;  ///< see compare/suite_standings
};

/// The suite of that name of this installation. Throws ravine::error if there is none, with those that there
/// are.
suite find_suite(const std::string& name);

/// What one optimizer is to run of a suite: an experiment of its own, called by both, in which all
/// hyperparameters are tuned that the optimizer finds worth searching. `overrides` are --set expressions.
/// Throws manifest_error.
plan suite_plan(const suite& of, const component& optimizer, std::vector<std::string> overrides,
                const registry& plugins);

}  // namespace ravine
