#pragma once

#include "plugin/component.hpp"
#include "plugin/configuration.hpp"
#include "plugin/host.hpp"
#include "plugin/layout.hpp"
#include "plugin/state.hpp"

#include <ravine/abi.h>
#include <ravine/draft/metrics.h>
#include <ravine/draft/regression.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ravine {

/// A plugin's instance handle, destroyed by the plugin's own function. The handle may be NULL.
class plugin_handle {
 public:
  plugin_handle(void* self, void (*destroy)(void*)) : self_(self), destroy_(destroy) {}
  ~plugin_handle() { destroy_(self_); }
  plugin_handle(const plugin_handle&) = delete;
  plugin_handle& operator=(const plugin_handle&) = delete;

  void* get() const { return self_; }

 private:
  void* self_;
  void (*destroy_)(void*);
};

/// An optimizer at work on one parameter vector, with its state. Every call throws plugin_error with what
/// the plugin said if it fails.
class optimizer {
 public:
  optimizer(const component& which, const parameter_layout& layout, const settings& with);

  const component& which() const { return *component_; }
  /// Hyperparameters in declared order, before schedules.
  const std::vector<double>& base_values() const { return config_.values(); }
  plugin_state& state() { return state_; }
  const plugin_state& state() const { return state_; }

  /// Sets up the state; call once before the first step unless a checkpoint is restored.
  void init_state(const rv_step& step);
  void step(const rv_step& step) { require_ok(table_->step(handle_->get(), &step), component_->id, "step"); }

  /// Whether gradient_point or evaluation_point may ask for a point of their own.
  bool has_own_points() const { return has_gradient_point_ || has_evaluation_point_; }
  enum class point_use { parameters, own_point };
  /// Whether the instance wants the gradient, or the evaluation, at `point`, which it has then written.
  point_use gradient_point(const rv_step& step, void* point);
  point_use evaluation_point(const rv_step& step, void* point);

 private:
  const component* component_;
  const rv_optimizer* table_;
  configuration config_;
  std::unique_ptr<plugin_handle> handle_;
  plugin_state state_;
  bool has_gradient_point_;
  bool has_evaluation_point_;
};

/// A schedule of one hyperparameter.
class scheduler {
 public:
  scheduler(const component& which, const settings& with);

  double value(double base, const rv_progress& progress);
  /// Does nothing for a schedule that follows no metric.
  void observe(double metric);
  plugin_state& state() { return state_; }
  const plugin_state& state() const { return state_; }

 private:
  const component* component_;
  const rv_scheduler* table_;
  configuration config_;
  std::unique_ptr<plugin_handle> handle_;
  plugin_state state_;
};

/// A model or landscape with its parameter layout.
class model {
 public:
  /// `data` is null for a landscape.
  model(const component& which, const rv_data_spec* data, const settings& with, rv_dtype type);

  const component& which() const { return *component_; }
  const parameter_layout& layout() const { return layout_; }
  /// Null for a model of data.
  const rv_landscape* landscape() const { return landscape_; }

  /// SHA-256 of the files that its settings name, by hyperparameter.
  const std::map<std::string, std::string>& file_digests() const { return config_.file_digests(); }

  void init(std::uint64_t seed, void* params) {
    require_ok(table_->init(handle_->get(), seed, params), component_->id, "init");
  }
  /// The mean loss over the batch; `grads` may be null. `targets` are the numbers that a model of regression
  /// is to predict, one for each example.
  double loss_gradient(const void* params, const rv_batch* batch, void* grads,
                       const void* targets = nullptr) {
    double loss = 0;
    void* const self = handle_->get();
    require_ok(regression_ == nullptr
                   ? table_->loss_gradient(self, params, batch, &loss, grads)
                   : regression_->loss_gradient(self, params, batch, targets, &loss, grads),
               component_->id, "loss_gradient");
    return loss;
  }
  /// Names of what the model measures of its own, see <ravine/draft/metrics.h>; most have none.
  const std::vector<std::string>& own_metrics() const { return own_metrics_; }
  /// Writes the mean of each over the batch, whose scores these are.
  void measure(const void* params, const rv_batch* batch, const void* scores, double* values) {
    require_ok(measure_(handle_->get(), params, batch, scores, values), component_->id, "measure");
  }
  void predict(const void* params, const rv_batch* batch, void* scores) {
    require_ok(table_->predict(handle_->get(), params, batch, scores), component_->id, "predict");
  }

 private:
  const rv_landscape* read_landscape();
  void read_metrics();
  const rv_regression* read_regression();

  const component* component_;
  const rv_model* table_;
  configuration config_;
  std::unique_ptr<plugin_handle> handle_;
  parameter_layout layout_;
  const rv_landscape* landscape_ = nullptr;
  const rv_regression* regression_ = nullptr;  // null for a model of classes
  std::vector<std::string> own_metrics_;
  decltype(rv_metrics::measure) measure_ = nullptr;
};

}  // namespace ravine
