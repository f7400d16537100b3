#include "explore/network_view.hpp"

#include "plugin/memory.hpp"
#include "report/short_numbers.hpp"
#include "train/checkpoint.hpp"
#include "train/checkpoint_content.hpp"
#include "train/objective.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr std::size_t most_images = 20;
constexpr std::size_t most_units = 24;
constexpr double full_scale = 127;

/// Channels, rows, columns.
using image_shape = std::array<std::size_t, 3>;

std::size_t pixels_in(const image_shape& shape) { return shape[0] * shape[1] * shape[2]; }

/// Empty for what can't be drawn: of other than one or three channels, no image, or not of a class.
std::optional<image_shape> shape_of(const dataset& data) {
  if (data.is_regression() || data.validation.pixels.empty() || data.validation.labels_each != 1)
    return std::nullopt;
  const std::vector<std::size_t>& shape = data.shape;
  if (shape.size() == 2) return image_shape{1, shape[0], shape[1]};
  if (shape.size() == 3 && (shape[0] == 1 || shape[0] == 3)) return image_shape{shape[0], shape[1], shape[2]};
  return std::nullopt;
}

/// Where the weights of a unit lie: `first + i * stride` for each input i.
struct first_layer {
  const rv_tensor* tensor;
  image_shape shape;
  std::size_t units;
  std::size_t unit_stride;
  std::size_t input_stride;
};

/// A matrix of all inputs in either order, or the kernels of a convolution.
std::optional<first_layer> first_layer_of(const rv_layout& layout, const image_shape& image) {
  const auto* const end = layout.tensors + layout.tensor_count;
  const auto* const found =
      std::find_if(layout.tensors, end, [](const rv_tensor* each) { return each->role == RV_ROLE_WEIGHT; });
  if (found == end) return std::nullopt;
  const rv_tensor* const tensor = *found;
  const std::uint64_t* const extents = tensor->shape;
  const std::size_t inputs = pixels_in(image);
  if (tensor->rank == 2 && extents[0] == inputs) return first_layer{tensor, image, extents[1], 1, extents[1]};
  if (tensor->rank == 2 && extents[1] == inputs) return first_layer{tensor, image, extents[0], inputs, 1};
  if (tensor->rank == 4 && extents[1] == image[0]) {
    const image_shape kernel{extents[1], extents[2], extents[3]};
    return first_layer{tensor, kernel, extents[0], pixels_in(kernel), 1};
  }
  return std::nullopt;
}

template <class T>
json weights_json(const rv_layout& layout, const image_shape& image, std::span<const T> params) {
  const std::optional<first_layer> layer = first_layer_of(layout, image);
  if (!layer) return nullptr;
  const std::size_t units = std::min(layer->units, most_units), inputs = pixels_in(layer->shape);
  const auto weight = [&](std::size_t unit, std::size_t input) {
    return static_cast<double>(
        params[layer->tensor->offset + unit * layer->unit_stride + input * layer->input_stride]);
  };
  double largest = 0;
  for (std::size_t unit = 0; unit < units; ++unit) {
    for (std::size_t i = 0; i < inputs; ++i) largest = std::max(largest, std::abs(weight(unit, i)));
  }
  if (!(largest > 0) || !std::isfinite(largest)) return nullptr;
  json images = json::array();
  for (std::size_t unit = 0; unit < units; ++unit) {
    std::vector<int> levels(inputs);
    for (std::size_t i = 0; i < inputs; ++i) {
      levels[i] = static_cast<int>(std::lround(full_scale * weight(unit, i) / largest));
    }
    images.push_back(std::move(levels));
  }
  return {{"tensor", layer->tensor->name},
          {"shape", layer->shape},
          {"largest", short_number(largest)},
          {"units", std::move(images)}};
}

template <class T>
json view_of(const trial_spec& spec, const registry& plugins, const dataset& data, const image_shape& shape,
             std::span<const std::byte> parameters) {
  objective<T> network(spec, plugins, &data);
  aligned_array point(dtype_of<T>, network.layout().size(), "the parameters");
  if (parameters.size() != point.bytes()) throw checkpoint_error("holds an array of another size");
  std::memcpy(point.data(), parameters.data(), parameters.size());
  const auto values = std::as_const(point).template as<T>();
  return {{"predictions", network.predictions(values.data(), data.validation, most_images)},
          {"weights", weights_json<T>(*network.layout().raw(), shape, values)}};
}

}  // namespace

json example_images(const dataset& data) {
  const std::optional<image_shape> shape = shape_of(data);
  if (!shape) return nullptr;
  const std::size_t count = std::min(data.validation.size(), most_images), size = pixels_in(*shape);
  json pixels = json::array();
  for (std::size_t i = 0; i < count; ++i) {
    const auto image = data.validation.pixels.subspan(i * size, size);
    pixels.push_back(std::vector<int>(image.begin(), image.end()));
  }
  const auto labels = data.validation.labels.first(count);
  return {{"shape", *shape},
          {"labels", std::vector<int>(labels.begin(), labels.end())},
          {"pixels", std::move(pixels)}};
}

json network_view(const trial_spec& spec, const registry& plugins, const dataset& data,
                  std::span<const std::byte> checkpoint) {
  const std::optional<image_shape> shape = shape_of(data);
  const checkpoint_content kept = read_checkpoint(checkpoint, spec, [](const blas_library&) {});
  if (!shape || kept.arrays.empty()) return nullptr;
  trial_spec shown = spec;
  shown.train.batch_size = 1;  // room for a batch that nobody draws
  const std::span<const std::byte> parameters = kept.arrays[0].elements;
  return spec.problem.type == dtype::f32 ? view_of<float>(shown, plugins, data, *shape, parameters)
                                         : view_of<double>(shown, plugins, data, *shape, parameters);
}

}  // namespace ravine
