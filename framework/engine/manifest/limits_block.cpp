#include "manifest/limits_block.hpp"

namespace ravine {

limits_spec read_limits(const block& experiment) {
  limits_spec limits;
  const yaml_value* const value = experiment["limits"];
  if (value == nullptr) return limits;
  const block in(*value, "limits", grammar::limits, experiment.errors());
  limits.seconds = in.real("seconds").value_or(0);
  if (const yaml_value* memory = in["memory"]) {
    limits.memory = read_size(*memory, in.path("memory"), in.errors()).value_or(0);
  }
  return limits;
}

}  // namespace ravine
