#include "plugin/instance.hpp"

#include "core/printable.hpp"
#include "plugin/functions.hpp"
#include "plugin/release.hpp"
#include "plugin/sink.hpp"
#include "plugin/task.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

namespace ravine {
namespace {

template <class Table>
const Table* table_of(const component& which) {
  return static_cast<const Table*>(functions_of(which));
}

/// Calls the table's create with `arguments` and wraps the handle.
template <class Table, class... Arguments>
std::unique_ptr<plugin_handle> create(const component& which, const Table* table, Arguments... arguments) {
  void* self = nullptr;
  check_status(table->create(plugin_host(), arguments..., &self), which.id, "create");
  return std::make_unique<plugin_handle>(self, table->destroy);
}

template <class Table>
plugin_state make_state(const component& which, const Table* table, const void* self) {
  plugin_state state;
  if (table->state != nullptr) {
    const rv_state_sink sink{&state, add_to_sink<plugin_state, rv_state_array>};
    check_status(table->state(self, &sink), which.id, "state");
  }
  return state;
}

/// An elementwise step is split at the same element of every array: their sizes must agree, their types need
/// not.
void check_elementwise(const component& which, const plugin_state& state, const parameter_layout& layout) {
  if (!which.can(RV_OPTIMIZER_ELEMENTWISE)) return;
  for (const auto& array : state.arrays()) {
    if (array.elements.size() != layout.size()) {
      throw plugin_error(
          fmt::format("{}: state array {} has {} elements, expected {}: an elementwise optimizer has one "
                      "per parameter",
                      which.id, array.name, array.elements.size(), layout.size()));
    }
  }
}

bool is_metric_name(std::string_view name) {
  constexpr std::size_t longest = 48;
  const auto is_allowed = [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '_';
  };
  return !name.empty() && name.size() <= longest && std::ranges::all_of(name, is_allowed) && name != "loss" &&
         name != "accuracy";
}

}  // namespace

optimizer::optimizer(const component& which, const parameter_layout& layout, const settings& with)
    : component_(&which),
      table_(table_of<rv_optimizer>(which)),
      config_(which, with),
      handle_(create(which, table_, layout.raw(), config_.raw())),
      state_(make_state(which, table_, handle_->get())),
      has_gradient_point_(table_->gradient_point != nullptr),
      has_evaluation_point_(table_->evaluation_point != nullptr) {
  check_elementwise(which, state_, layout);
}

void optimizer::init_state(const rv_step& step) {
  if (table_->init_state != nullptr)
    check_status(table_->init_state(handle_->get(), &step), component_->id, "init_state");
}

optimizer::point_use optimizer::gradient_point(const rv_step& step, void* point) {
  if (!has_gradient_point_) return point_use::parameters;
  const rv_status status = table_->gradient_point(handle_->get(), &step, point);
  require_ok(status, component_->id, "gradient_point");
  has_gradient_point_ = status == RV_OK;
  return has_gradient_point_ ? point_use::own_point : point_use::parameters;
}

optimizer::point_use optimizer::evaluation_point(const rv_step& step, void* point) {
  if (!has_evaluation_point_) return point_use::parameters;
  const rv_status status = table_->evaluation_point(handle_->get(), &step, point);
  require_ok(status, component_->id, "evaluation_point");
  has_evaluation_point_ = status == RV_OK;
  return has_evaluation_point_ ? point_use::own_point : point_use::parameters;
}

scheduler::scheduler(const component& which, const settings& with)
    : component_(&which),
      table_(table_of<rv_scheduler>(which)),
      config_(which, with),
      handle_(create(which, table_, config_.raw())),
      state_(make_state(which, table_, handle_->get())) {}

double scheduler::value(double base, const rv_progress& progress) {
  double value = base;
  require_ok(table_->value(handle_->get(), base, &progress, state_.pointers(), &value), component_->id,
             "value");
  return value;
}

void scheduler::observe(double metric) {
  if (table_->observe == nullptr) return;
  require_ok(table_->observe(handle_->get(), state_.pointers(), metric), component_->id, "observe");
}

model::model(const component& which, const rv_data_spec* data, const settings& with, rv_dtype type)
    : component_(&which),
      table_(table_of<rv_model>(which)),
      config_(which, with),
      handle_(create(which, table_, data, config_.raw(), type)),
      layout_(type) {
  config_.forget_files();
  const rv_tensor_sink sink{&layout_, add_to_sink<parameter_layout, rv_tensor>};
  check_status(table_->layout(handle_->get(), &sink), which.id, "layout");
  if (layout_.size() == 0)
    throw plugin_error(fmt::format("{}: layout: the model has no parameters", which.id));
  if (which.can(RV_MODEL_LANDSCAPE)) {
    landscape_ = read_landscape();
    return;
  }
  if (predicts_numbers(which)) regression_ = read_regression();
  if (table_->get_extension != nullptr) read_metrics();
}

const rv_regression* model::read_regression() {
  const auto* const found =
      table_->get_extension == nullptr
          ? nullptr
          : static_cast<const rv_regression*>(table_->get_extension(handle_->get(), RV_EXT_DRAFT_REGRESSION));
  if (found != nullptr && found->struct_size >= sizeof(rv_regression) && found->loss_gradient != nullptr)
    return found;
  throw plugin_error(fmt::format("{}: {} is missing, too short, or has no function loss_gradient",
                                 component_->id, RV_EXT_DRAFT_REGRESSION));
}

void model::read_metrics() {
  const auto* const found =
      static_cast<const rv_metrics*>(table_->get_extension(handle_->get(), RV_EXT_DRAFT_METRICS));
  if (found == nullptr || found->count == 0) return;
  const auto require = [&](bool holds, const std::string& what) {
    if (!holds) throw plugin_error(fmt::format("{}: {} {}", component_->id, RV_EXT_DRAFT_METRICS, what));
  };
  constexpr std::uint64_t most = 64;
  require(found->struct_size >= sizeof(rv_metrics), "is too short");
  require(found->count <= most, fmt::format("has {} metrics, expected at most {}", found->count, most));
  require(found->names != nullptr && found->measure != nullptr, "has no names, or no function measure");
  for (std::uint64_t i = 0; i < found->count; ++i) {
    const std::string_view name = found->names[i] == nullptr ? "" : found->names[i];
    require(is_metric_name(name),
            fmt::format("has the metric \"{}\", expected at most 48 lower-case letters, "
                        "digits and _, and not loss or accuracy",
                        printable(name.substr(0, 64))));
    require(std::ranges::find(own_metrics_, name) == own_metrics_.end(),
            fmt::format("has the metric {} twice", name));
    own_metrics_.emplace_back(name);
  }
  measure_ = found->measure;
}

const rv_landscape* model::read_landscape() {
  const auto* const found =
      static_cast<const rv_landscape*>(table_->get_extension(handle_->get(), RV_EXT_LANDSCAPE));
  if (found == nullptr || !is_long_enough(*found)) {
    throw plugin_error(fmt::format("{}: {} is missing or too short", component_->id, RV_EXT_LANDSCAPE));
  }
  if (found->dimension != layout_.size() || found->lower == nullptr || found->upper == nullptr ||
      found->start == nullptr || (found->minima_count != 0 && found->minima == nullptr)) {
    throw plugin_error(fmt::format("{}: {} does not fit the layout of {} parameters", component_->id,
                                   RV_EXT_LANDSCAPE, layout_.size()));
  }
  const double* const noise = RV_HAS(rv_landscape, found, noise) ? found->noise : nullptr;
  const auto is_deviation = [](double each) { return each >= 0 && std::isfinite(each); };
  if (noise != nullptr && !std::all_of(noise, noise + found->dimension, is_deviation)) {
    throw plugin_error(
        fmt::format("{}: {} has noise that is negative or not finite", component_->id, RV_EXT_LANDSCAPE));
  }
  return found;
}

}  // namespace ravine
