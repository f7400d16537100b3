#pragma once

#include "data/dataset.hpp"
#include "plugin/instance.hpp"
#include "plugin/memory.hpp"
#include "plugin/registry.hpp"
#include "train/batch_stream.hpp"
#include "train/gradient_noise.hpp"
#include "train/landscape_instance.hpp"
#include "trial/trial_spec.hpp"

#include <ravine/abi.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// Examples that are evaluated at once: about a thousand labels. Every model of the data has room for them.
std::size_t evaluation_batch(const dataset& data);

/// What a trial minimises: a model on batches of data, or a landscape.
template <class T>
class objective {
 public:
  /// `data` is null for a landscape. Throws plugin_error.
  objective(const trial_spec& spec, const registry& plugins, const dataset* data);

  const parameter_layout& layout() const { return model_->layout(); }
  /// Null for a model of data.
  const rv_landscape* landscape() const { return model_->landscape(); }
  /// 0 on a landscape, which has no epochs.
  std::uint64_t steps_per_epoch() const { return batches_ ? batches_->steps_per_epoch() : 0; }
  /// Examples in a batch that is not cut short by the end of an epoch; 1 on a landscape.
  std::uint64_t full_batch_size() const { return batches_ ? batches_->batch_size() : 1; }
  /// Examples in the batch of the step in progress; 1 on a landscape.
  std::uint64_t batch_size() const { return batches_ ? batches_->current()->size : 1; }

  /// Writes the starting parameters.
  void start(std::span<T> params);
  /// Draws the batch, or the noise, of a 1-based step.
  void draw(std::uint64_t step) {
    if (batches_) batches_->draw(step);
    if (noise_) noise_->begin_step(step);
    if (own_noise_) own_noise_->begin_step(step);
  }
  /// Mean loss over the batch drawn, or the landscape's, and its gradient, with noise if it has any. `grads`
  /// may be null.
  double loss_gradient(const T* point, T* grads) {
    const auto evaluate = [this](const T* at, T* to) { return loss_gradient_of_model(at, to); };
    const double loss = instance_ ? on_instance(point, grads, evaluate) : evaluate(point, grads);
    if (noise_ && grads != nullptr) noise_->add_to(std::span<T>(grads, layout().size()));
    return loss;
  }
  /// The same without noise, on a batch of the caller's with its targets if they are numbers; null on a
  /// landscape.
  double noiseless_loss_gradient(const T* point, const rv_batch* batch, const void* targets, T* grads) {
    const auto evaluate = [&](const T* at, T* to) { return model_->loss_gradient(at, batch, to, targets); };
    return instance_ ? on_instance(point, grads, evaluate) : evaluate(point, grads);
  }
  /// Loss, accuracy (of classes) and what the model measures of its own on the validation and test parts,
  /// over all labels of their examples, or the landscape's loss and, if it declares its minimum, the gap to
  /// it.
  std::map<std::string, double> metrics(const T* point);
  /// The class that is predicted of each of the first `count` examples with one label; fewer if there are no
  /// more, or if that is more than are evaluated at once.
  std::vector<std::size_t> predictions(const T* point, const image_set& examples, std::size_t count);

  /// Whether the point lies outside the landscape's box by more than ten widths, in the function's own
  /// coordinates on an instance.
  bool escaped(std::span<const T> point);

 private:
  void prepare_landscape(const rv_landscape& original);
  bool beyond_reach(std::span<const T> point) const;
  /// What `evaluate` gives in the function's own coordinates, in those of the optimizer.
  template <class Evaluate>
  double on_instance(const T* point, T* grads, Evaluate evaluate) {
    const auto place = place_.template as<T>(), slope = slope_.template as<T>();
    instance_->to_function(point, place.data());
    const double loss = evaluate(place.data(), grads == nullptr ? nullptr : slope.data());
    if (grads != nullptr) instance_->turn_back(slope.data(), grads);
    return loss;
  }
  /// In the model's own coordinates, with the noise that it declares.
  double loss_gradient_of_model(const T* point, T* grads) {
    const double loss = batches_
                            ? model_->loss_gradient(point, batches_->current(), grads, batches_->targets())
                            : model_->loss_gradient(point, nullptr, grads);
    if (own_noise_ && grads != nullptr) own_noise_->add_to(std::span<T>(grads, layout().size()));
    return loss;
  }
  void add_metrics(const image_set& examples, const std::string& prefix, const T* point,
                   std::map<std::string, double>& metrics);

  const trial_spec& spec_;
  const dataset* data_;
  std::unique_ptr<model> model_;
  std::unique_ptr<batch_stream<T>> batches_;  // null on a landscape
  std::unique_ptr<example_buffer<T>> evaluated_;
  std::vector<T> scores_;
  std::vector<double> measured_;                // the model's own metrics over one batch
  std::vector<double> lowest_, highest_;        // beyond these a point has escaped
  std::array<double, 2> within_all_{};          // the greatest lowest and the least highest of them
  std::optional<landscape_instance> instance_;  // empty for the landscape as it is
  aligned_array place_, slope_;                 // in the function's own coordinates
  std::optional<gradient_noise> noise_;         // that of the manifest
  std::optional<gradient_noise> own_noise_;     // that which the landscape declares
};

extern template class objective<float>;
extern template class objective<double>;

}  // namespace ravine
