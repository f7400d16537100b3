#pragma once

#include "plugin/instance.hpp"
#include "plugin/memory.hpp"
#include "plugin/sample_data.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// A model or landscape at work, with every array in guarded memory, on made-up data: the first that it
/// accepts, unless others are named.
class model_rig {
 public:
  enum class input_view { writable, read_only };
  struct options {
    rv_dtype type = RV_F64;
    settings with = {};
    input_view inputs = input_view::writable;
    std::optional<sample_data> data = {};
  };
  static constexpr std::size_t max_batch = sample_batch;

  /// Throws plugin_error with the plugin's reason.
  model_rig(const component& which, const options& wanted);
  model_rig(const model_rig&) = delete;
  model_rig& operator=(const model_rig&) = delete;

  /// The starting parameters, and a batch.
  void start(std::uint64_t seed = 1);
  /// Moves each parameter by at most `reach`; a landscape's point to anywhere in its box.
  void move(std::uint64_t stream, double reach);
  void fill(double value);
  void draw_batch(std::uint64_t stream, std::size_t examples);

  /// The loss, with the gradient left in grad().
  double loss_gradient();
  double loss();
  /// False for a landscape, which predicts nothing.
  bool predict();
  /// The model's own metrics of what predict found; empty if it has none.
  std::vector<double> measure();

  bool is_landscape() const { return model_->landscape() != nullptr; }
  std::size_t size() const { return params_.size(); }
  const parameter_layout& layout() const { return model_->layout(); }
  double param(std::size_t i) const { return element_of(params_, i); }
  void set_param(std::size_t i, double value);
  double grad(std::size_t i) const { return element_of(grads_, i); }
  bool has_finite_scores() const;
  /// The bits of parameters, gradient and scores.
  std::vector<std::byte> memory() const;
  std::string damage() const;

 private:
  static double element_of(const aligned_array& array, std::size_t i);
  const rv_batch* batch() const { return is_landscape() ? nullptr : &batch_; }
  const void* targets() const;
  std::size_t scores_each() const { return data_.labels * data_.classes; }

  sample_data data_;
  std::unique_ptr<model> model_;
  input_view view_;
  aligned_array params_, grads_, inputs_, scores_;
  aligned_array targets_;
  guarded_memory labels_;
  rv_batch batch_{};
};

}  // namespace ravine
