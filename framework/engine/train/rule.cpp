#include "train/rule.hpp"

#include "train/grouped_rule.hpp"
#include "train/single_rule.hpp"

#include <algorithm>

namespace ravine {

std::unique_ptr<rule> make_rule(const optimizer_spec& spec, const rule::setting& in) {
  if (!spec.groups.empty()) return std::make_unique<grouped_rule>(spec, in);
  return std::make_unique<single_rule>(spec, in);
}

bool may_evaluate_more(const optimizer_spec& spec, const registry& plugins) {
  const auto one_may = [&](const optimizer_spec& each) { return may_evaluate_more(each, plugins); };
  return plugins.get(component_kind::optimizer, spec.optimizer.use).can(RV_OPTIMIZER_CLOSURE) ||
         std::ranges::any_of(spec.inner, one_may) || std::ranges::any_of(spec.groups, one_may);
}

}  // namespace ravine
