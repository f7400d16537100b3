#include "cluster/node_record.hpp"

#include <algorithm>

namespace ravine {

void node_record::note_sound(const std::string& node) {
  if (node.empty()) return;
  losses_.erase(node);
  sound_.insert(node);
}

bool node_record::blame(const std::string& node) {
  if (node.empty() || ++losses_[node] < most_losses) return false;
  const bool has_sound_one =
      std::ranges::any_of(sound_, [&](const std::string& each) { return each != node; });
  return has_sound_one && left_out_.insert(node).second;
}

}  // namespace ravine
