#include "train/objective.hpp"

#include "plugin/task.hpp"
#include "train/vector_math.hpp"
#include "trial/streams.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr double escape_widths = 10;

void check_labels(const component& which, const dataset& data) {
  if (data.is_regression() != predicts_numbers(which)) throw plugin_error(task_mismatch(which, data.name));
  if (data.is_regression() || data.train.labels_each == 1 || which.can(RV_MODEL_SEVERAL_LABELS)) return;
  throw plugin_error(fmt::format(
      "{0}: takes one label of an example, but those of {1} have {2}, one at each position; give them one "
      "(data: {{use: {1}, with: {{labels: last}}}}), or use a model of sequences, such as rnn or transformer",
      which.id, data.name, data.train.labels_each));
}

std::unique_ptr<model> make_model(const trial_spec& spec, const registry& plugins, const dataset* data,
                                  rv_dtype type) {
  const component& which = plugins.get(component_kind::model, spec.problem.model.use);
  if (data == nullptr) return std::make_unique<model>(which, nullptr, spec.problem.model.with, type);
  check_labels(which, *data);
  const std::vector<std::uint64_t> shape(data->shape.begin(), data->shape.end());
  const std::uint64_t batch = effective_batch_size(spec.train.batch_size, data->train.size());
  rv_data_spec described{};
  described.struct_size = sizeof(rv_data_spec);
  described.rank = shape.size();
  described.shape = shape.data();
  described.classes = data->outputs();
  described.max_batch = std::max<std::uint64_t>(batch, evaluation_batch(*data));
  described.labels = std::max<std::size_t>(data->train.labels_each, 1);
  return std::make_unique<model>(which, &described, spec.problem.model.with, type);
}

/// Refuses a model whose files are not those that the trial was planned with.
std::unique_ptr<model> with_its_files(std::unique_ptr<model> made, const component_spec& spec) {
  for (const auto& [name, planned] : spec.file_sha256) {
    const std::string& found = made->file_digests().at(name);
    if (found == planned) continue;
    throw plugin_error(fmt::format(
        "{}: {}: {} has changed since the trial was planned: its SHA-256 is {}, expected {}; run again",
        spec.use, name, to_string(spec.with.at(name)), found, planned));
  }
  return made;
}

}  // namespace

std::size_t evaluation_batch(const dataset& data) {
  return std::max<std::size_t>(1000 / std::max<std::size_t>(data.train.labels_each, 1), 32);
}

template <class T>
objective<T>::objective(const trial_spec& spec, const registry& plugins, const dataset* data)
    : spec_(spec),
      data_(data),
      model_(with_its_files(make_model(spec, plugins, data, dtype_of<T>), spec.problem.model)) {
  if (data != nullptr) {
    batches_ = std::make_unique<batch_stream<T>>(
        *data, spec.train.batch_size,
        typename batch_stream<T>::seeds{stream_seed(spec.seed, spec.repetition, "batches"),
                                        stream_seed(spec.seed, spec.repetition, "noise")});
    const std::size_t at_once = evaluation_batch(*data), labels = data->train.labels_each;
    evaluated_ = std::make_unique<example_buffer<T>>(at_once, data->features(), labels, RV_MODE_EVALUATE);
    scores_.resize(at_once * std::max<std::size_t>(labels, 1) * data->outputs());
    measured_.resize(model_->own_metrics().size());
  }
  if (landscape() != nullptr) prepare_landscape(*landscape());
}

template <class T>
void objective<T>::prepare_landscape(const rv_landscape& original) {
  const auto& target = spec_.evaluate.target;
  if (target && target->metric == "gap" && !std::isfinite(original.minimum)) {
    throw plugin_error(fmt::format(
        "{}: it declares no minimum, and so has no gap to set a target of; use loss", model_->which().id));
  }
  for (std::size_t i = 0; i < original.dimension; ++i) {
    const double reach = escape_widths * (original.upper[i] - original.lower[i]);
    lowest_.push_back(original.lower[i] - reach);
    highest_.push_back(original.upper[i] + reach);
  }
  within_all_ = {std::ranges::max(lowest_), std::ranges::min(highest_)};
  if (spec_.problem.instance != instance_spec{}) {
    instance_.emplace(original, spec_.problem.instance, spec_.seed, spec_.repetition);
    place_ = aligned_array(dtype_of<T>, original.dimension, "the place on the original");
    slope_ = aligned_array(dtype_of<T>, original.dimension, "the original's slope");
  }
  if (const double* const own = RV_HAS(rv_landscape, &original, noise) ? original.noise : nullptr) {
    own_noise_.emplace(std::vector<double>(own, own + original.dimension),
                       stream_seed(spec_.seed, spec_.repetition, "landscape noise"));
  }
  if (spec_.problem.gradient_noise != 0) {
    noise_.emplace(spec_.problem.gradient_noise, stream_seed(spec_.seed, spec_.repetition, "gradient noise"));
  }
}

template <class T>
void objective<T>::start(std::span<T> params) {
  const auto& given = spec_.problem.start;
  if (given && given->size() != params.size()) {
    throw plugin_error(fmt::format("{}: start has {} coordinates, expected {}", model_->which().id,
                                   given->size(), params.size()));
  }
  if (!given && !instance_) {
    model_->init(stream_seed(spec_.seed, spec_.repetition, "init"), params.data());
    return;
  }
  const std::span<const double> customary =
      given ? std::span<const double>(*given) : std::span(landscape()->start, params.size());
  const std::vector<double> placed = instance_ ? instance_->to_optimizer(customary)
                                               : std::vector<double>(customary.begin(), customary.end());
  std::transform(placed.begin(), placed.end(), params.begin(), [](double x) { return static_cast<T>(x); });
}

template <class T>
std::map<std::string, double> objective<T>::metrics(const T* point) {
  std::map<std::string, double> found;
  if (data_ == nullptr) {
    const double loss = loss_gradient(point, nullptr);
    found["loss"] = loss;
    // A rotation or shift leaves the minimum's value as it is.
    if (const double minimum = landscape()->minimum; std::isfinite(minimum)) found["gap"] = loss - minimum;
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
  const std::size_t classes = data_->classes, labels = examples.labels_each,
                    at_once = evaluation_batch(*data_);
  std::vector<std::uint32_t> rows(examples.size());
  std::iota(rows.begin(), rows.end(), 0U);
  double loss = 0;
  std::size_t correct = 0;
  std::vector<double> own(measured_.size());
  for (std::size_t first = 0; first < rows.size(); first += at_once) {
    const auto some =
        std::span<const std::uint32_t>(rows).subspan(first, std::min(at_once, rows.size() - first));
    const rv_batch* batch = evaluated_->fill(examples, some, 0);
    loss += model_->loss_gradient(point, batch, nullptr, evaluated_->targets()) *
            static_cast<double>(batch->size);
    if (data_->is_regression() && own.empty()) continue;
    model_->predict(point, batch, scores_.data());
    if (!own.empty()) model_->measure(point, batch, scores_.data(), measured_.data());
    for (std::size_t i = 0; i < own.size(); ++i) own[i] += measured_[i] * static_cast<double>(batch->size);
    for (std::size_t i = 0; i < batch->size * labels; ++i) {
      const auto* row = scores_.data() + i * classes;
      correct += std::max_element(row, row + classes) - row == batch->labels[i] ? 1 : 0;
    }
  }
  metrics[prefix + "_loss"] = loss / static_cast<double>(rows.size());
  if (!data_->is_regression()) {
    metrics[prefix + "_accuracy"] = static_cast<double>(correct) / static_cast<double>(rows.size() * labels);
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    const double mean = own[i] / static_cast<double>(rows.size());
    if (std::isfinite(mean)) metrics[prefix + "_" + model_->own_metrics()[i]] = mean;
  }
}

template <class T>
std::vector<std::size_t> objective<T>::predictions(const T* point, const image_set& examples,
                                                   std::size_t count) {
  std::vector<std::uint32_t> rows(std::min({count, examples.size(), evaluation_batch(*data_)}));
  std::iota(rows.begin(), rows.end(), 0U);
  std::vector<std::size_t> classes;
  if (rows.empty()) return classes;
  model_->predict(point, evaluated_->fill(examples, rows, 0), scores_.data());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto* scores = scores_.data() + i * data_->classes;
    const auto* const best = std::max_element(scores, scores + data_->classes);
    classes.push_back(static_cast<std::size_t>(best - scores));
  }
  return classes;
}

template <class T>
bool objective<T>::escaped(std::span<const T> point) {
  if (lowest_.empty()) return false;
  if (!instance_) return beyond_reach(point);
  const auto place = place_.template as<T>();
  instance_->to_function(point.data(), place.data());
  return beyond_reach(place);
}

template <class T>
bool objective<T>::beyond_reach(std::span<const T> point) const {
  // As a rule the point lies within all of them, which takes far less time to see.
  if (!any_beyond(point, within_all_[0], within_all_[1])) return false;
  for (std::size_t i = 0; i < lowest_.size(); ++i) {
    const auto x = static_cast<double>(point[i]);
    if (x < lowest_[i] || x > highest_[i]) return true;
  }
  return false;
}

template class objective<float>;
template class objective<double>;

}  // namespace ravine
