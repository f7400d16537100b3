#pragma once

#include "trial/plan.hpp"

#include <string>

namespace ravine::cli {

/// The plan as a table: a line for each problem, optimizer and search point, with its repetitions and budget.
std::string plan_text(const plan& experiment);

}  // namespace ravine::cli
