#include "manifest/checkpoint_block.hpp"

#include "manifest/length.hpp"

#include <algorithm>

namespace ravine {

std::optional<located<amount>> read_checkpoint(const yaml_value* value, mistakes& found) {
  if (value == nullptr || value->type == yaml_value::kind::null) return std::nullopt;
  const block in(*value, "checkpoint", {"every"}, found);
  if (!in.valid()) return std::nullopt;
  const yaml_value* const every = in["every"];
  if (every == nullptr) {
    found.add(in.at(), "checkpoint: every is missing: {every: {epochs: 1}}");
    return std::nullopt;
  }
  return read_length(*every, "checkpoint.every", found);
}

void check_checkpoint(const std::optional<located<amount>>& every, const std::vector<problem_draft>& problems,
                      mistakes& found) {
  if (!every || every->value.unit != cost_unit::epochs || problems.empty()) return;
  const auto is_landscape = [](const problem_draft& p) { return p.kind == problem_kind::landscape; };
  if (std::ranges::all_of(problems, is_landscape)) {
    found.add(every->at,
              "checkpoint.every: no problem has data, and so none has epochs; expected {steps: …}");
  }
}

}  // namespace ravine
