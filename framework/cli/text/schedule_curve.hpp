#pragma once

#include "plugin/registry.hpp"

#include <boost/program_options/variables_map.hpp>

namespace ravine::cli {

/// `ravine trace --schedule`: prints what a schedule, or several that follow one another, would give each
/// step of a training, without training. Throws usage_error.
void print_schedule_curve(const boost::program_options::variables_map& options, const registry& plugins);

}  // namespace ravine::cli
