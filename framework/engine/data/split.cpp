#include "data/split.hpp"

#include "data/data_error.hpp"
#include "data/random.hpp"

#include <cstdint>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

enum class part : std::uint8_t { train, validation };

std::vector<part> assign_parts(std::size_t count, std::size_t validation) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  shuffle_rows(order, split_seed);
  std::vector<part> parts(count, part::train);
  for (std::size_t i = 0; i < validation; ++i) parts[order[i]] = part::validation;
  return parts;
}

void reserve(image_table& set, std::size_t count, std::size_t features) {
  set.labels.reserve(count);
  set.pixels.reserve(count * features);
}

void append(image_table& to, const image_table& from, std::size_t row, std::size_t features) {
  const auto pixels = from.pixels.begin() + static_cast<std::ptrdiff_t>(row * features);
  to.labels.push_back(from.labels[row]);
  to.pixels.insert(to.pixels.end(), pixels, pixels + static_cast<std::ptrdiff_t>(features));
}

void check_sizes(const dataset_content& data, split_sizes sizes) {
  const std::size_t count = data.train.size();
  if (sizes.validation >= count) {
    throw data_error(
        fmt::format("{}: `validation: {}` leaves nothing to train on: there are {} training images; "
                    "choose a smaller number",
                    data.name, sizes.validation, count));
  }
  if (sizes.train > count - sizes.validation) {
    throw data_error(
        fmt::format("{}: `train: {}` is more than the {} training images that remain besides {} for "
                    "validation; choose a smaller number, or 0 for all",
                    data.name, sizes.train, count - sizes.validation, sizes.validation));
  }
}

}  // namespace

void split_validation(dataset_content& data, split_sizes sizes) {
  check_sizes(data, sizes);
  const image_table all = std::move(data.train);
  const std::size_t features = data.features();
  const std::size_t keep = sizes.train > 0 ? sizes.train : all.size() - sizes.validation;
  const auto parts = assign_parts(all.size(), sizes.validation);

  data.train = {};
  data.validation = {};
  reserve(data.train, keep, features);
  reserve(data.validation, sizes.validation, features);
  for (std::size_t row = 0; row < all.size(); ++row) {
    if (parts[row] == part::validation) {
      append(data.validation, all, row, features);
    } else if (data.train.size() < keep) {
      append(data.train, all, row, features);
    }
  }
}

}  // namespace ravine
