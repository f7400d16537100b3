#include "data/image_options.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ravine {
namespace {

struct channel_scale {
  double mean = 0, factor = 0;

  float operator()(std::uint8_t pixel) const { return static_cast<float>((pixel / 255.0 - mean) * factor); }
};

/// Exact sums: pixels are whole numbers.
channel_scale scale_of(const image_table& part, std::size_t channel, std::size_t size, std::size_t features) {
  std::uint64_t sum = 0, squares = 0, count = 0;
  for (std::size_t first = channel * size; first < part.pixels.size(); first += features) {
    for (std::size_t i = first; i < first + size; ++i) {
      const std::uint64_t pixel = part.pixels[i];
      sum += pixel, squares += pixel * pixel;
    }
    count += size;
  }
  const auto n = static_cast<double>(count);
  const double mean = static_cast<double>(sum) / n;
  const double variance = static_cast<double>(squares) / n - mean * mean;
  return {mean / 255, variance > 0 ? 255 / std::sqrt(variance) : 0};
}

}  // namespace

void standardize_channels(dataset_content& images) {
  const std::size_t channels = images.shape.size() == 3 ? images.shape[0] : 1;
  const std::size_t features = images.features(), size = features / channels;
  std::vector<channel_scale> scales;
  for (std::size_t c = 0; c < channels; ++c) scales.push_back(scale_of(images.train, c, size, features));
  for (image_table* const part : std::array{&images.train, &images.validation, &images.test}) {
    part->values.resize(part->pixels.size());
    for (std::size_t first = 0; first < part->pixels.size(); first += size) {
      const channel_scale& scale = scales[first % features / size];
      for (std::size_t i = first; i < first + size; ++i) part->values[i] = scale(part->pixels[i]);
    }
    part->pixels = {};
  }
  images.augment.background.clear();
  for (const channel_scale& each : scales) images.augment.background.push_back(each(0));
}

void prepare_images(dataset_content& images, const image_options& options) {
  images.augment = options.augment;
  if (options.standardize) standardize_channels(images);
}

}  // namespace ravine
