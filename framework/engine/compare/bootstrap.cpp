#include "compare/bootstrap.hpp"

#include "compare/summary.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>

namespace ravine {
namespace {

/// Draws as many values as there are, with replacement, in order: counting how often each is drawn saves
/// sorting every sample.
class resampler {
 public:
  resampler(std::span<const double> sorted, std::uint64_t seed)
      : sorted_(sorted),
        counts_(sorted.size()),
        sample_(sorted.size()),
        bits_(seed),
        place_(0, sorted.size() - 1) {}

  std::span<const double> draw() {
    std::ranges::fill(counts_, 0);
    for (std::size_t i = 0; i < sorted_.size(); ++i) ++counts_[place_(bits_)];
    auto end = sample_.begin();
    for (std::size_t i = 0; i < sorted_.size(); ++i) end = std::fill_n(end, counts_[i], sorted_[i]);
    return sample_;
  }

 private:
  std::span<const double> sorted_;
  std::vector<std::uint32_t> counts_;
  std::vector<double> sample_;
  boost::random::mt19937_64 bits_;
  boost::random::uniform_int_distribution<std::size_t> place_;
};

}  // namespace

interval bootstrap_interval(std::span<const double> values, sorted_statistic statistic,
                            const bootstrap_settings& how) {
  const auto is_nan = [](double value) { return std::isnan(value); };
  if (values.empty() || how.resamples == 0 || std::ranges::any_of(values, is_nan)) return {};
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  if (sorted.front() == sorted.back()) return {sorted.front(), sorted.front()};
  resampler samples(sorted, how.seed);
  std::vector<double> statistics(how.resamples);
  std::ranges::generate(statistics, [&] { return statistic(samples.draw()); });
  const double tail = (1 - how.confidence) / 2;
  return {quantile(statistics, tail), quantile(statistics, 1 - tail)};
}

}  // namespace ravine
