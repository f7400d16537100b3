#include "data/split.hpp"

#include "data/data_error.hpp"
#include "data/random.hpp"

#include <cstdint>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

enum class part : std::uint8_t { train, validation, test };

std::vector<part> assign_parts(std::size_t count, split_sizes sizes) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  shuffle_rows(order, sizes.seed);
  std::vector<part> parts(count, part::train);
  for (std::size_t i = 0; i < sizes.test; ++i) parts[order[i]] = part::test;
  for (std::size_t i = 0; i < sizes.validation; ++i) parts[order[sizes.test + i]] = part::validation;
  return parts;
}

void reserve(image_table& set, std::size_t count, const image_table& like) {
  set.labels_each = like.labels_each;
  set.labels.reserve(count * like.labels_each);
  set.targets.reserve(count * (like.targets.size() / like.size()));
  set.pixels.reserve(count * (like.pixels.size() / like.size()));
  set.values.reserve(count * (like.values.size() / like.size()));
}

/// Nothing where the table has none.
template <class V>
void append_row(std::vector<V>& to, const std::vector<V>& from, std::size_t row, std::size_t features) {
  if (from.empty()) return;
  const auto first = from.begin() + static_cast<std::ptrdiff_t>(row * features);
  to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(features));
}

void append(image_table& to, const image_table& from, std::size_t row, std::size_t features) {
  append_row(to.labels, from.labels, row, from.labels_each);
  append_row(to.targets, from.targets, row, 1);
  append_row(to.pixels, from.pixels, row, features);
  append_row(to.values, from.values, row, features);
}

void check_sizes(const dataset_content& data, split_sizes sizes) {
  const std::size_t all = data.train.size();
  if (sizes.test >= all) {
    throw data_error(fmt::format(
        "{}: `test: {}` leaves nothing to train on: there are {} examples; choose a smaller number",
        data.name, sizes.test, all));
  }
  const std::size_t count = all - sizes.test;
  if (sizes.validation >= count) {
    throw data_error(
        fmt::format("{}: `validation: {}` leaves nothing to train on: there are {} training examples; "
                    "choose a smaller number",
                    data.name, sizes.validation, count));
  }
  if (sizes.train > count - sizes.validation) {
    throw data_error(
        fmt::format("{}: `train: {}` is more than the {} training examples that remain besides {} for "
                    "validation; choose a smaller number, or 0 for all",
                    data.name, sizes.train, count - sizes.validation, sizes.validation));
  }
}

}  // namespace

void split_validation(dataset_content& data, split_sizes sizes) {
  check_sizes(data, sizes);
  const image_table all = std::move(data.train);
  const std::size_t features = data.features();
  const std::size_t keep = sizes.train > 0 ? sizes.train : all.size() - sizes.test - sizes.validation;
  const auto parts = assign_parts(all.size(), sizes);

  data.train = {};
  data.validation = {};
  reserve(data.train, keep, all);
  reserve(data.validation, sizes.validation, all);
  if (sizes.test > 0) reserve(data.test, sizes.test, all);
  for (std::size_t row = 0; row < all.size(); ++row) {
    if (parts[row] == part::test) {
      append(data.test, all, row, features);
    } else if (parts[row] == part::validation) {
      append(data.validation, all, row, features);
    } else if (data.train.size() < keep) {
      append(data.train, all, row, features);
    }
  }
}

}  // namespace ravine
