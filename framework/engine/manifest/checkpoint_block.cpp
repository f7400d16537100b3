#include "manifest/checkpoint_block.hpp"

#include "manifest/length.hpp"

#include <algorithm>

namespace ravine {

checkpoint_draft read_checkpoint(const block& experiment) {
  const yaml_value* const value = experiment["checkpoint"];
  if (value == nullptr || value->type == yaml_value::kind::null) return {};
  const block in(*value, "checkpoint", grammar::checkpoint, experiment.errors());
  if (!in.valid()) return {};
  return {read_length(in, "every"), in.flag("at_end").value_or(false)};
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
