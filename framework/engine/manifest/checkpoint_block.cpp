#include "manifest/checkpoint_block.hpp"

#include "manifest/length.hpp"

#include <algorithm>

namespace ravine {

std::optional<located<amount>> read_checkpoint(const block& experiment) {
  const yaml_value* const value = experiment["checkpoint"];
  if (value == nullptr || value->type == yaml_value::kind::null) return std::nullopt;
  const block in(*value, "checkpoint", grammar::checkpoint, experiment.errors());
  return in.valid() ? read_length(in, "every") : std::nullopt;
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
