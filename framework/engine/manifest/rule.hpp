#pragma once

#include "manifest/block.hpp"
#include "manifest/options.hpp"
#include "plugin/registry.hpp"
#include "trial/tensor_selector.hpp"
#include "trial/trial_spec.hpp"

#include <map>
#include <string>
#include <vector>

namespace ravine {

/// An optimizer with its settings, as written and checked.
struct rule_draft {
  std::string name;  ///< for messages: optimizers[0], optimizers[0].inner, optimizers[0].groups[1]
  place at;
  const component* which = nullptr;  ///< null, with an error, if there is none of that name
  option_values with;
  std::map<std::string, std::vector<schedule_stage>> schedules;
  std::vector<rule_draft> inner;   ///< of a wrapper: the one that it works around
  std::vector<rule_draft> groups;  ///< in order; their `with` and `schedules` are what they change
  tensor_selector selects;         ///< of a group
  bool keeps_optimizer = false;    ///< of a group: no optimizer of its own
};

/// Reads what `with`, `search`, `schedule`, `inner` and `groups` say of a rule whose optimizer is known.
/// `epochs` collects where schedules speak of epochs.
void read_rule(const block& in, const registry& plugins, rule_draft& rule, std::vector<place>& epochs);

/// Whether there are components of the names of the rule, of all that it works around and of its
/// groups.
bool is_known(const rule_draft& rule);

/// Whether a rule, any that it works around or a group may evaluate more gradients in a step than the step's
/// own. All of them are known.
bool may_evaluate_more(const rule_draft& rule);

/// Whether a rule, any that it works around or a group has a real hyperparameter lr; one that is not known
/// has none.
bool has_learning_rate(const rule_draft& rule);

}  // namespace ravine
