#include "compare/summaries.hpp"

#include <algorithm>

namespace ravine {

std::string configuration_summary::name() const {
  return point.empty() ? optimizer : optimizer + " " + to_string(point);
}

const configuration_summary* problem_summary::chosen_line(std::string_view of_optimizer) const {
  const auto found = std::ranges::find_if(
      chosen, [&](std::size_t each) { return configurations[each].optimizer == of_optimizer; });
  return found == chosen.end() ? nullptr : &configurations[*found];
}

}  // namespace ravine
