#include "train/lr_scaling.hpp"

#include <ravine/abi.h>

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace ravine {

const optimizer_spec* with_learning_rate(const optimizer_spec& spec, const registry& plugins) {
  const optimizer_spec* const inner =
      spec.inner.empty() ? nullptr : with_learning_rate(spec.inner.front(), plugins);
  if (inner != nullptr) return inner;
  const component& which = plugins.get(component_kind::optimizer, spec.optimizer.use);
  // What may work alone keeps its own rate for that.
  const bool unused = !spec.inner.empty() && which.can(RV_OPTIMIZER_MAY_WRAP);
  return has_learning_rate(which) && !unused ? &spec : nullptr;
}

optimizer_spec* with_learning_rate(optimizer_spec& spec, const registry& plugins) {
  // What is found lies within a spec that may be changed.
  return const_cast<optimizer_spec*>(  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      with_learning_rate(std::as_const(spec), plugins));
}

double learning_rate_factor(const trial_spec& spec, std::uint64_t batch_size, const registry& plugins) {
  const auto& reference = spec.train.lr_reference_batch;
  if (!reference) return 1;
  const bool any = with_learning_rate(spec.optimizer, plugins) != nullptr ||
                   std::ranges::any_of(spec.optimizer.groups, [&](const optimizer_spec& each) {
                     return with_learning_rate(each, plugins) != nullptr;
                   });
  if (!any) {
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
