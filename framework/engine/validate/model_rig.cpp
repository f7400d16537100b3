#include "validate/model_rig.hpp"

#include "validate/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace ravine {
namespace {

std::unique_ptr<model> make_model(const component& which, const std::vector<std::uint64_t>& shape,
                                  const settings& with, rv_dtype type) {
  if (shape.empty()) return std::make_unique<model>(which, nullptr, with, type);
  const rv_data_spec data = sample_data(shape);
  return std::make_unique<model>(which, &data, with, type);
}

std::size_t elements(const std::vector<std::uint64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies<>());
}

constexpr auto two_views = guarded_memory::views::with_read_only;

}  // namespace

model_rig::model_rig(const component& which, const options& wanted)
    : shape_(accepted_shape(which, wanted.with)),
      model_(make_model(which, shape_, wanted.with, wanted.type)),
      view_(wanted.inputs),
      params_(wanted.type, model_->layout().size(), "the parameters", two_views),
      grads_(wanted.type, model_->layout().size(), "the gradients"),
      inputs_(wanted.type, shape_.empty() ? 0 : max_batch * elements(shape_), "the inputs", two_views),
      scores_(wanted.type, shape_.empty() ? 0 : max_batch * classes, "the scores"),
      labels_(shape_.empty() ? 0 : max_batch * sizeof(std::int32_t), "the labels", two_views) {}

void model_rig::start(std::uint64_t seed) {
  model_->init(seed, params_.data());
  draw_batch(seed, max_batch);
}

void model_rig::move(std::uint64_t stream, double distance) {
  for (std::size_t i = 0; i < size(); ++i) {
    const double drawn = number_at(stream, i);
    if (const rv_landscape* const box = model_->landscape()) {
      set_param(i, std::midpoint(box->lower[i], box->upper[i]) + drawn * (box->upper[i] - box->lower[i]) / 2);
    } else {
      set_param(i, param(i) + distance * drawn);
    }
  }
}

void model_rig::fill(double value) {
  for (std::size_t i = 0; i < size(); ++i) set_param(i, value);
}

void model_rig::draw_batch(std::uint64_t stream, std::size_t examples) {
  if (is_landscape()) return;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    set_element(inputs_.data(), inputs_.type(), i, std::abs(number_at(stream + 1000, i)));
  }
  auto* const labels = static_cast<std::int32_t*>(labels_.data());
  for (std::size_t i = 0; i < max_batch; ++i) {
    labels[i] = static_cast<std::int32_t>((number_at(stream + 2000, i) + 1) / 2 * classes) % int{classes};
  }
  const bool read_only = view_ == input_view::read_only;
  batch_ = {.struct_size = sizeof(rv_batch),
            .mode = RV_MODE_TRAIN,
            .size = examples,
            .inputs = read_only ? inputs_.read_only() : inputs_.data(),
            .labels = static_cast<const std::int32_t*>(read_only ? labels_.read_only() : labels_.data()),
            .seed = stream};
}

double model_rig::loss_gradient() {
  const void* const params = view_ == input_view::read_only ? params_.read_only() : params_.data();
  return model_->loss_gradient(params, batch(), grads_.data());
}

double model_rig::loss() { return model_->loss_gradient(params_.data(), batch(), nullptr); }

bool model_rig::predict() {
  if (is_landscape()) return false;
  const void* const params = view_ == input_view::read_only ? params_.read_only() : params_.data();
  rv_batch evaluated = batch_;
  evaluated.mode = RV_MODE_EVALUATE;
  model_->predict(params, &evaluated, scores_.data());
  return true;
}

std::vector<double> model_rig::measure() {
  std::vector<double> values(model_->own_metrics().size());
  if (values.empty()) return values;
  const void* const params = view_ == input_view::read_only ? params_.read_only() : params_.data();
  rv_batch evaluated = batch_;
  evaluated.mode = RV_MODE_EVALUATE;
  model_->measure(params, &evaluated, scores_.data(), values.data());
  return values;
}

void model_rig::set_param(std::size_t i, double value) {
  set_element(params_.data(), params_.type(), i, value);
}

double model_rig::element_of(const aligned_array& array, std::size_t i) {
  return element(array.data(), array.type(), i);
}

bool model_rig::has_finite_scores() const {
  for (std::size_t i = 0; i < batch_.size * classes; ++i) {
    if (!std::isfinite(element_of(scores_, i))) return false;
  }
  return true;
}

std::vector<std::byte> model_rig::memory() const {
  std::vector<std::byte> bits;
  for (const aligned_array* each : {&params_, &grads_, &scores_}) {
    const auto* const begin = static_cast<const std::byte*>(each->data());
    bits.insert(bits.end(), begin, begin + each->bytes());
  }
  return bits;
}

std::string model_rig::damage() const {
  for (const aligned_array* each : {&params_, &grads_, &inputs_, &scores_}) {
    if (std::string found = each->damage(); !found.empty()) return found;
  }
  return labels_.damage();
}

}  // namespace ravine
