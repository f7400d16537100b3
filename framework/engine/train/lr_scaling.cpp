#include "train/lr_scaling.hpp"

#include <variant>

#include <fmt/format.h>

namespace ravine {

settings scale_learning_rate(const component& optimizer, const trial_spec& spec, std::uint64_t batch_size) {
  const auto& reference = spec.train.lr_reference_batch;
  if (!reference) return spec.optimizer.optimizer.with;
  if (!has_learning_rate(optimizer)) {
    throw plugin_error(
        fmt::format("{}: has no hyperparameter lr that scale_lr_with_batch could scale", optimizer.id));
  }
  settings with = optimizer.complete(spec.optimizer.optimizer.with);
  const double factor = static_cast<double>(batch_size) / static_cast<double>(*reference);
  with["lr"] = std::get<double>(with.at("lr")) * factor;
  return optimizer.complete(with);
}

}  // namespace ravine
