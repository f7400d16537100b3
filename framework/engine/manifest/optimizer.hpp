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

/// An optimizer with its settings, as written and checked.
struct rule_draft {
  std::string name;  ///< for messages: optimizers[0], optimizers[0].inner
  place at;
  const component* which = nullptr;  ///< null, with an error, if there is none of that name
  option_values with;
  std::map<std::string, std::vector<schedule_stage>> schedules;
  std::vector<rule_draft> inner;  ///< of a wrapper: the one that it works around
};

/// An entry of `optimizers`.
struct optimizer_draft : rule_draft {
  std::string label;
  std::vector<std::size_t> on;  ///< indices of the problems that it runs on
};

/// Whether there are components of the names of the rule and of all that it works around.
bool is_known(const rule_draft& rule);

/// Whether a rule or any that it works around may evaluate more gradients in a step than the step's own. All
/// of them are known.
bool may_evaluate_more(const rule_draft& rule);

/// Whether a rule or any that it works around has a real hyperparameter lr; one that is not known has none.
bool has_learning_rate(const rule_draft& rule);

/// Reads `optimizers` of the manifest. A label defaults to `use`; on any one problem, labels are unique: an
/// optimizer may keep its label from problem to problem with settings of its own for each.
std::vector<optimizer_draft> read_optimizers(const block& experiment, std::span<const problem_draft> problems,
                                             const registry& plugins);

}  // namespace ravine
