#pragma once

#include "manifest/diagnostics.hpp"
#include "manifest/yaml_value.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_spec.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// The `schedule` block of an optimizer.
struct schedule_block {
  std::map<std::string, std::vector<schedule_stage>> stages;  ///< by hyperparameter
  std::vector<place> epochs;  ///< where a length or a clock in epochs is written, which no landscape has
};

/// Reads one stage {use, with, for, by}, or a list of stages that follow one another.
std::vector<schedule_stage> read_stages(const yaml_value& value, const std::string& name,
                                        const registry& plugins, diagnostics& errors);

/// Reads a block {HYPERPARAMETER: stage or [stages]}.
schedule_block read_schedules(const yaml_value& schedules, const std::string& name,
                              const component& optimizer, const registry& plugins, diagnostics& errors);

}  // namespace ravine
