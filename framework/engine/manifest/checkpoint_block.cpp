#include "manifest/checkpoint_block.hpp"

#include "manifest/length.hpp"

#include <algorithm>

namespace ravine {

std::optional<located<amount>> read_checkpoint(const yaml_value* value, diagnostics& errors) {
  if (value == nullptr || value->type == yaml_value::kind::null) return std::nullopt;
  const block in(*value, "checkpoint", {"every"}, errors);
  if (!in.valid()) return std::nullopt;
  const yaml_value* const every = in["every"];
  if (every == nullptr) {
    errors.add(in.at(), "checkpoint: every is missing: {every: {epochs: 1}}");
    return std::nullopt;
  }
  return read_length(*every, "checkpoint.every", errors);
}

void check_checkpoint(const std::optional<located<amount>>& every, const std::vector<problem_draft>& problems,
                      diagnostics& errors) {
  if (!every || every->value.unit != cost_unit::epochs || problems.empty()) return;
  const auto is_landscape = [](const problem_draft& p) { return p.kind == problem_kind::landscape; };
  if (std::ranges::all_of(problems, is_landscape)) {
    errors.add(every->at,
               "checkpoint.every: no problem has data, and so none has epochs; expected {steps: …}");
  }
}

}  // namespace ravine
