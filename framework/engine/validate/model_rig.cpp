#include "validate/model_rig.hpp"

#include "plugin/task.hpp"
#include "validate/numbers.hpp"

#include <cmath>
#include <numeric>

namespace ravine {
namespace {

std::unique_ptr<model> make_model(const component& which, const sample_data& data, const settings& with,
                                  rv_dtype type) {
  const rv_data_spec spec = data.spec();
  return std::make_unique<model>(which, data.shape.empty() ? nullptr : &spec, with, type);
}

sample_data data_for(const component& which, const model_rig::options& wanted) {
  return wanted.data ? *wanted.data : sample_of(which, wanted.with, sample_data::kind::images);
}

constexpr auto two_views = guarded_memory::views::with_read_only;

}  // namespace

model_rig::model_rig(const component& which, const options& wanted)
    : data_(data_for(which, wanted)),
      model_(make_model(which, data_, wanted.with, wanted.type)),
      view_(wanted.inputs),
      params_(wanted.type, model_->layout().size(), "the parameters", two_views),
      grads_(wanted.type, model_->layout().size(), "the gradients"),
      inputs_(wanted.type, max_batch * data_.features(), "the inputs", two_views),
      scores_(wanted.type, data_.shape.empty() ? 0 : max_batch * scores_each(), "the scores"),
      targets_(wanted.type, predicts_numbers(which) ? max_batch : 0, "the targets", two_views),
      labels_(data_.shape.empty() ? 0 : max_batch * data_.labels * sizeof(std::int32_t), "the labels",
              two_views) {}

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
  const auto number_below_classes = [&](std::uint64_t from, std::size_t i) {
    return static_cast<std::uint64_t>((number_at(from, i) + 1) / 2 * static_cast<double>(data_.classes)) %
           data_.classes;
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    set_element(inputs_.data(), inputs_.type(), i,
                data_.of == sample_data::kind::characters
                    ? static_cast<double>(number_below_classes(stream + 1000, i))
                    : std::abs(number_at(stream + 1000, i)));
  }
  auto* const labels = static_cast<std::int32_t*>(labels_.data());
  for (std::size_t i = 0; i < max_batch * data_.labels; ++i)
    labels[i] = static_cast<std::int32_t>(number_below_classes(stream + 2000, i));
  for (std::size_t i = 0; i < targets_.size(); ++i)
    set_element(targets_.data(), targets_.type(), i, number_at(stream + 3000, i));
  const bool read_only = view_ == input_view::read_only;
  batch_ = {.struct_size = sizeof(rv_batch),
            .mode = RV_MODE_TRAIN,
            .size = examples,
            .inputs = read_only ? inputs_.read_only() : inputs_.data(),
            .labels = targets_.size() > 0 ? nullptr
                                          : static_cast<const std::int32_t*>(read_only ? labels_.read_only()
                                                                                       : labels_.data()),
            .seed = stream};
}

const void* model_rig::targets() const {
  if (targets_.size() == 0) return nullptr;
  return view_ == input_view::read_only ? targets_.read_only() : targets_.data();
}

double model_rig::loss_gradient() {
  const void* const params = view_ == input_view::read_only ? params_.read_only() : params_.data();
  return model_->loss_gradient(params, batch(), grads_.data(), targets());
}

double model_rig::loss() { return model_->loss_gradient(params_.data(), batch(), nullptr, targets()); }

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
  for (std::size_t i = 0; i < batch_.size * scores_each(); ++i) {
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
  for (const aligned_array* each : {&params_, &grads_, &inputs_, &scores_, &targets_}) {
    if (std::string found = each->damage(); !found.empty()) return found;
  }
  return labels_.damage();
}

}  // namespace ravine
