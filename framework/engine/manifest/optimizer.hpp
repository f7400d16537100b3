#pragma once

#include "manifest/problem.hpp"
#include "manifest/rule.hpp"
#include "plugin/registry.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// An entry of `optimizers`.
struct optimizer_draft : rule_draft {
  std::string label;
  std::vector<std::size_t> on;  ///< indices of the problems that it runs on
};

/// Reads `optimizers` of the manifest. A label defaults to `use`; on any one problem, labels are unique: an
/// optimizer may keep its label from problem to problem with settings of its own for each.
std::vector<optimizer_draft> read_optimizers(const block& experiment, std::span<const problem_draft> problems,
                                             const registry& plugins);

}  // namespace ravine
