#include "train/objective.hpp"

#include "train/streams.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::size_t evaluation_batch = 1000;
constexpr double escape_widths = 10;

std::unique_ptr<model> make_model(const trial_spec& spec, const registry& plugins, const dataset* data,
                                  rv_dtype type) {
  const component& which = plugins.get(component_kind::model, spec.problem.model.use);
  if (data == nullptr) return std::make_unique<model>(which, nullptr, spec.problem.model.with, type);
  const std::vector<std::uint64_t> shape(data->shape.begin(), data->shape.end());
  const std::uint64_t batch = effective_batch_size(spec.train.batch_size, data->train.size());
  rv_data_spec described{};
  described.struct_size = sizeof(rv_data_spec);
  described.rank = shape.size();
  described.shape = shape.data();
  described.classes = data->classes;
  described.max_batch = std::max<std::uint64_t>(batch, evaluation_batch);
  return std::make_unique<model>(which, &described, spec.problem.model.with, type);
}

}  // namespace

template <class T>
objective<T>::objective(const trial_spec& spec, const registry& plugins, const dataset* data)
    : spec_(spec), data_(data), model_(make_model(spec, plugins, data, dtype_of<T>)) {
  if (data != nullptr) {
    batches_ = std::make_unique<batch_stream<T>>(
        *data, spec.train.batch_size,
        typename batch_stream<T>::seeds{stream_seed(spec.seed, spec.repetition, "batches"),
                                        stream_seed(spec.seed, spec.repetition, "noise")});
    evaluated_ = std::make_unique<example_buffer<T>>(evaluation_batch, data->features(), RV_MODE_EVALUATE);
    scores_.resize(evaluation_batch * data->classes);
  }
  if (const rv_landscape* box = landscape()) {
    for (std::size_t i = 0; i < box->dimension; ++i) {
      const double reach = escape_widths * (box->upper[i] - box->lower[i]);
      lowest_.push_back(box->lower[i] - reach);
      highest_.push_back(box->upper[i] + reach);
    }
  }
}

template <class T>
void objective<T>::start(std::span<T> params) {
  if (!spec_.problem.start) {
    model_->init(stream_seed(spec_.seed, spec_.repetition, "init"), params.data());
    return;
  }
  if (spec_.problem.start->size() != params.size()) {
    throw plugin_error(fmt::format("{}: start has {} coordinates, expected {}", model_->which().id,
                                   spec_.problem.start->size(), params.size()));
  }
  std::transform(spec_.problem.start->begin(), spec_.problem.start->end(), params.begin(),
                 [](double x) { return static_cast<T>(x); });
}

template <class T>
std::map<std::string, double> objective<T>::metrics(const T* point) {
  std::map<std::string, double> found;
  if (data_ == nullptr) {
    found["loss"] = model_->loss_gradient(point, nullptr, nullptr);
  } else {
    add_metrics(data_->validation, "validation", point, found);
    add_metrics(data_->test, "test", point, found);
  }
  return found;
}

template <class T>
void objective<T>::add_metrics(const image_set& examples, const std::string& prefix, const T* point,
                               std::map<std::string, double>& metrics) {
  if (examples.size() == 0) return;
  const std::size_t classes = data_->classes;
  std::vector<std::uint32_t> rows(examples.size());
  std::iota(rows.begin(), rows.end(), 0U);
  double loss = 0;
  std::size_t correct = 0;
  for (std::size_t first = 0; first < rows.size(); first += evaluation_batch) {
    const auto some =
        std::span<const std::uint32_t>(rows).subspan(first, std::min(evaluation_batch, rows.size() - first));
    const rv_batch* batch = evaluated_->fill(examples, some, 0);
    loss += model_->loss_gradient(point, batch, nullptr) * static_cast<double>(batch->size);
    model_->predict(point, batch, scores_.data());
    for (std::size_t i = 0; i < batch->size; ++i) {
      const auto* row = scores_.data() + i * classes;
      correct += std::max_element(row, row + classes) - row == batch->labels[i] ? 1 : 0;
    }
  }
  metrics[prefix + "_loss"] = loss / static_cast<double>(rows.size());
  metrics[prefix + "_accuracy"] = static_cast<double>(correct) / static_cast<double>(rows.size());
}

template <class T>
bool objective<T>::escaped(std::span<const T> point) const {
  for (std::size_t i = 0; i < lowest_.size(); ++i) {
    const auto x = static_cast<double>(point[i]);
    if (x < lowest_[i] || x > highest_[i]) return true;
  }
  return false;
}

template class objective<float>;
template class objective<double>;

}  // namespace ravine
