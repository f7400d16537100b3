#pragma once

#include "manifest/diagnostics.hpp"
#include "manifest/yaml_value.hpp"
#include "plugin/registry.hpp"
#include "trial/plan.hpp"

#include <filesystem>
#include <span>
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

/// In a manifest that names a suite, puts what the suite says in the place of that name. Reports a name that
/// no suite has, and keys beside it that the suite fixes. Returns whether a suite was named.
bool insert_suite(yaml_value& manifest, diagnostics& errors);

/// What one optimizer, or a wrapper followed by what it works around, is to run of a suite: an experiment of
/// its own, called by all of them, in which all hyperparameters are tuned that they find worth searching.
/// `overrides` are --set expressions. Throws manifest_error.
plan suite_plan(const suite& of, std::span<const component* const> optimizer,
                std::vector<std::string> overrides, const registry& plugins);

}  // namespace ravine
