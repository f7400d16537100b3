#include "data/zipf.hpp"

#include "data/data_error.hpp"
#include "data/random.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <fmt/format.h>

namespace ravine {
namespace {

constexpr double centre_deviation = 0.5;

using centre_table = std::vector<double>;  // classes x features

centre_table draw_centres(const zipf_options& options) {
  boost::random::mt19937_64 random(item_seed(options.seed, 0));
  boost::random::normal_distribution<double> normal(options.mean, centre_deviation);
  centre_table centres(options.classes * options.features);
  for (double& each : centres) each = normal(random);
  return centres;
}

image_table draw_examples(const zipf_options& options, const centre_table& centres, std::size_t count,
                          std::uint64_t seed) {
  boost::random::mt19937_64 random(seed);
  boost::random::normal_distribution<double> normal;
  image_table part;
  part.labels.reserve(count);
  part.values.reserve(count * options.features);
  const auto counts = zipf_counts(count, options.classes, options.exponent);
  for (std::size_t label = 0; label < options.classes; ++label) {
    const auto centre = std::span(centres).subspan(label * options.features, options.features);
    for (std::size_t i = 0; i < counts[label]; ++i) {
      part.labels.push_back(static_cast<std::uint8_t>(label));
      for (const double middle : centre) part.values.push_back(static_cast<float>(middle + normal(random)));
    }
  }
  return part;
}

void check_zipf(const zipf_options& options) {
  const auto& [classes, features, train, validation, test, seed, exponent, mean] = options;
  if (classes < 2 || classes > 256 || features == 0 || train == 0 || test == 0 || !(exponent >= 0) ||
      !std::isfinite(mean)) {
    throw data_error(
        "zipf: expected 2 to 256 classes, at least one feature, one example to train on and one to "
        "test on, and an exponent that is not negative");
  }
  const std::uint64_t most = most_dataset_bytes() / (sizeof(float) * features + 1);
  if (train > most || validation > most - train || test > most - train - validation) {
    throw data_error(
        fmt::format("zipf: {} + {} + {} examples are more than the {} of {} features that fit in a data "
                    "set here",
                    train, validation, test, most, features));
  }
}

}  // namespace

std::vector<std::size_t> zipf_counts(std::size_t examples, std::size_t classes, double exponent) {
  std::vector<double> shares(classes);
  for (std::size_t k = 0; k < classes; ++k) shares[k] = std::pow(static_cast<double>(k + 1), -exponent);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  std::vector<std::size_t> counts(classes), order(classes);
  for (std::size_t k = 0; k < classes; ++k) {
    shares[k] *= static_cast<double>(examples) / sum;
    counts[k] = static_cast<std::size_t>(shares[k]);
    shares[k] -= static_cast<double>(counts[k]);
  }
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return shares[a] > shares[b]; });
  const std::size_t given = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  for (std::size_t i = 0; given + i < examples; ++i) ++counts[order[i % classes]];
  return counts;
}

dataset_content make_zipf(const zipf_options& options) {
  check_zipf(options);
  const centre_table centres = draw_centres(options);
  dataset_content data;
  data.name = "zipf";
  data.shape = {options.features};
  data.classes = options.classes;
  data.train = draw_examples(options, centres, options.train, item_seed(options.seed, 1));
  data.validation = draw_examples(options, centres, options.validation, item_seed(options.seed, 2));
  data.test = draw_examples(options, centres, options.test, item_seed(options.seed, 3));
  return data;
}

}  // namespace ravine
