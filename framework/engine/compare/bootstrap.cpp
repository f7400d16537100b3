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

/// With thousands of values fewer resamples are as good, and draws without end are not.
std::uint64_t resamples_of(std::size_t values, std::uint64_t asked) {
  constexpr std::uint64_t most_draws = 10'000'000, enough = 1000;
  return std::min(asked, std::max(most_draws / values, enough));
}

}  // namespace

std::vector<interval> bootstrap_intervals(std::span<const double> values,
                                          std::span<const sorted_statistic> statistics,
                                          const bootstrap_settings& how) {
  std::vector<interval> found(statistics.size());
  const auto is_nan = [](double value) { return std::isnan(value); };
  if (values.empty() || how.resamples == 0 || std::ranges::any_of(values, is_nan)) return found;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  if (sorted.front() == sorted.back()) {
    std::ranges::fill(found, interval{sorted.front(), sorted.front()});
    return found;
  }
  resampler samples(sorted, how.seed);
  std::vector<std::vector<double>> drawn(statistics.size());
  for (std::uint64_t i = resamples_of(values.size(), how.resamples); i > 0; --i) {
    const std::span<const double> sample = samples.draw();
    for (std::size_t s = 0; s < statistics.size(); ++s) drawn[s].push_back(statistics[s](sample));
  }
  const double tail = (1 - how.confidence) / 2;
  for (std::size_t s = 0; s < statistics.size(); ++s) {
    std::ranges::sort(drawn[s]);
    found[s] = drawn[s].empty() || std::ranges::any_of(drawn[s], is_nan)
                   ? interval()
                   : interval{sorted_quantile(drawn[s], tail), sorted_quantile(drawn[s], 1 - tail)};
  }
  return found;
}

interval bootstrap_interval(std::span<const double> values, sorted_statistic statistic,
                            const bootstrap_settings& how) {
  return bootstrap_intervals(values, std::span(&statistic, 1), how).front();
}

}  // namespace ravine
