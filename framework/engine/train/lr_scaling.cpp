#include "train/lr_scaling.hpp"

#include <variant>

#include <fmt/format.h>

namespace ravine {
namespace {

bool any_has_learning_rate(const optimizer_spec& spec, const registry& plugins) {
  return has_learning_rate(plugins.get(component_kind::optimizer, spec.optimizer.use)) ||
         (!spec.inner.empty() && any_has_learning_rate(spec.inner.front(), plugins));
}

}  // namespace

double learning_rate_factor(const trial_spec& spec, std::uint64_t batch_size, const registry& plugins) {
  const auto& reference = spec.train.lr_reference_batch;
  if (!reference) return 1;
  if (!any_has_learning_rate(spec.optimizer, plugins)) {
    throw plugin_error(fmt::format("{}: has no hyperparameter lr that scale_lr_with_batch could scale",
                                   spec.optimizer.optimizer.use));
  }
  return static_cast<double>(batch_size) / static_cast<double>(*reference);
}

settings scale_learning_rate(const component& optimizer, const settings& with, double factor) {
  if (factor == 1 || !has_learning_rate(optimizer)) return with;
  settings scaled = optimizer.complete(with);
  scaled["lr"] = std::get<double>(scaled.at("lr")) * factor;
  return optimizer.complete(scaled);
}

}  // namespace ravine
