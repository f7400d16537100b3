#include "report/drawn_trials.hpp"

#include <algorithm>
#include <cstdint>

namespace ravine {
namespace {

/// A line by its places.
struct line_place {
  std::size_t problem;
  std::size_t line;
};

/// Lets the lines share `room` alike.
void share_room(std::span<const line_place> lines, std::size_t room, std::span<const problem_group> groups,
                drawn_trials& found) {
  if (lines.empty()) return;
  const std::size_t each = std::max<std::size_t>(room / lines.size(), 1);
  const std::size_t stride = std::max<std::size_t>((lines.size() + room - 1) / room, 1);
  for (std::size_t i = 0; i < lines.size(); i += stride) {
    const auto [problem, line] = lines[i];
    const std::size_t drawn = std::min(each, groups[problem].configurations[line].repetitions.size());
    found.repetitions[problem][line] = drawn;
    found.drawn += drawn;
  }
}

}  // namespace

std::size_t drawn_trials::drawn_lines() const {
  std::size_t count = 0;
  for (const auto& lines : repetitions)
    count += lines.size() - static_cast<std::size_t>(std::ranges::count(lines, 0U));
  return count;
}

std::size_t drawn_trials::all_lines() const {
  std::size_t count = 0;
  for (const auto& lines : repetitions) count += lines.size();
  return count;
}

drawn_trials choose_drawn(std::span<const problem_group> groups, const comparison& compared,
                          std::size_t most) {
  drawn_trials found;
  std::vector<line_place> chosen, others;
  for (std::size_t problem = 0; problem < groups.size(); ++problem) {
    const auto& lines = groups[problem].configurations;
    const auto& best = compared.problems[problem].chosen;
    std::vector<std::uint8_t> is_chosen(lines.size());
    for (const std::size_t line : best) is_chosen[line] = 1;
    found.repetitions.emplace_back();
    for (std::size_t line = 0; line < lines.size(); ++line) {
      found.repetitions.back().push_back(lines[line].repetitions.size());
      found.all += lines[line].repetitions.size();
      (is_chosen[line] != 0 ? chosen : others).push_back({problem, line});
    }
  }
  found.drawn = found.all;
  if (found.all <= most) return found;
  found.drawn = 0;
  for (auto& lines : found.repetitions) std::ranges::fill(lines, 0);
  const std::size_t for_others = others.empty() ? 0 : most / 2;
  share_room(others, for_others, groups, found);
  share_room(chosen, std::max(most - for_others, chosen.size()), groups, found);
  return found;
}

}  // namespace ravine
