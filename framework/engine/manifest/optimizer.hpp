#pragma once

#include "manifest/options.hpp"
#include "manifest/problem.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// An entry of `optimizers` as written and checked.
struct optimizer_draft {
  std::string name;  ///< for messages: optimizers[0]
  place at;
  std::string label;
  const component* which = nullptr;  ///< null, with an error, if there is none of that name
  option_values with;
  std::map<std::string, std::vector<schedule_stage>> schedules;
  std::vector<std::size_t> on;  ///< indices of the problems that it runs on
};

/// Reads `optimizers` of the manifest. A label defaults to `use`; on any one problem, labels are unique: an
/// optimizer may keep its label from problem to problem with settings of its own for each.
std::vector<optimizer_draft> read_optimizers(const block& experiment, std::span<const problem_draft> problems,
                                             const registry& plugins);

}  // namespace ravine
