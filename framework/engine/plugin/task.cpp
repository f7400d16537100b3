#include "plugin/task.hpp"

#include <ravine/draft/regression.h>

#include <fmt/format.h>

namespace ravine {

bool predicts_numbers(const component& model) { return model.can(RV_MODEL_DRAFT_REGRESSION); }

std::string task_mismatch(const component& model, std::string_view source) {
  if (predicts_numbers(model)) {
    return fmt::format(
        "{} predicts numbers, but the targets of {} name classes; give it csv or npy with task: regression, "
        "or "
        "use a model of classes, such as mlp",
        model.id, source);
  }
  return fmt::format(
      "{} predicts classes, but the targets of {} are numbers; use a model that predicts numbers, such as "
      "regression, or leave out task: regression",
      model.id, source);
}

}  // namespace ravine
