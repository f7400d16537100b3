#include "data/patches.hpp"

#include "data/random.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace ravine {
namespace {

/// Of a family of seeds, that of where patches are.
constexpr std::uint64_t places_stream = 0x7061746368;

image_table cut(const image_table& images, std::size_t side, std::size_t wanted, std::uint64_t seed) {
  image_table cut{{}, images.labels};
  cut.pixels.reserve(images.size() * wanted * wanted);
  const std::uint64_t places = side - wanted + 1;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::uint64_t drawn = item_seed(seed, i);
    const std::size_t top = drawn % places, left = (drawn >> 32U) % places;
    for (std::size_t y = 0; y < wanted; ++y) {
      const auto row =
          images.pixels.begin() + static_cast<std::ptrdiff_t>((i * side + top + y) * side + left);
      cut.pixels.insert(cut.pixels.end(), row, row + static_cast<std::ptrdiff_t>(wanted));
    }
  }
  return cut;
}

}  // namespace

dataset_content make_patches(const digits_options& options, std::size_t side) {
  dataset_content data = make_digits(options);
  const std::size_t whole = data.shape[0];
  std::uint64_t stream = item_seed(options.seed, places_stream);
  for (image_table* const part : std::array{&data.train, &data.validation, &data.test}) {
    *part = cut(*part, whole, side, stream++);
  }
  data.name = "patches";
  data.shape = {side, side};
  return data;
}

}  // namespace ravine
