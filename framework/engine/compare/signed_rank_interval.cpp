#include "compare/signed_rank_interval.hpp"

#include "compare/wilcoxon.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ravine {
namespace {

constexpr double tail = 0.025;

/// The means of every two of some values and of each one, in ascending order: n (n + 1) / 2, of which none is
/// kept. A hundred thousand values have five billion.
class walsh_averages {
 public:
  explicit walsh_averages(std::span<const double> values) : sorted_(values.begin(), values.end()) {
    std::ranges::sort(sorted_);
  }

  std::uint64_t size() const { return std::uint64_t{sorted_.size()} * (sorted_.size() + 1) / 2; }

  /// Bisects the doubles themselves, by their order: at most 64 times n looks.
  double operator[](std::uint64_t place) const {
    std::uint64_t least = place_of(sorted_.front()), most = place_of(sorted_.back());
    while (least < most) {
      const std::uint64_t middle = least + (most - least) / 2;
      if (count_up_to(double_at(middle)) > place) {
        most = middle;
      } else {
        least = middle + 1;
      }
    }
    return double_at(least) + 0.0;  // no -0
  }

  double median() const {
    const std::uint64_t below = (size() - 1) / 2;
    const double lower = (*this)[below], upper = (*this)[size() / 2];
    return lower == upper ? lower : std::lerp(lower, upper, 0.5);
  }

 private:
  static constexpr std::uint64_t sign = std::uint64_t{1} << 63U;

  /// Doubles as whole numbers in the same order, and back.
  static std::uint64_t place_of(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    return (bits & sign) != 0 ? ~bits : bits | sign;
  }
  static double double_at(std::uint64_t place) {
    return std::bit_cast<double>((place & sign) != 0 ? place & ~sign : ~place);
  }

  static double average(double a, double b) {
    const double found = a / 2 + b / 2;
    return std::isnan(found) ? 0 : found;  // of both infinities
  }

  /// How many averages are at most `bound`: the larger the first value, the fewer second ones do.
  std::uint64_t count_up_to(double bound) const {
    std::uint64_t count = 0;
    std::size_t end = sorted_.size();
    for (std::size_t i = 0; i < end; ++i) {
      while (end > i && average(sorted_[i], sorted_[end - 1]) > bound) --end;
      count += end - i;
    }
    return count;
  }

  std::vector<double> sorted_;
};

}  // namespace

location signed_rank_location(std::span<const double> differences) {
  const auto is_nan = [](double value) { return std::isnan(value); };
  if (differences.empty() || std::ranges::any_of(differences, is_nan)) return {};
  const walsh_averages averages(differences);
  location found;
  found.estimate = averages.median();
  if (differences.size() == 1) return found;
  const rank_sum_tail rejected =
      widest_tail(differences.size(), tail)
          .value_or(rank_sum_tail{0, std::exp2(-static_cast<double>(differences.size()))});
  // Wilcoxon's rank sum is the number of averages beyond 0: so many at either end are beyond what it accepts.
  found.range = {averages[rejected.rank_sum], averages[averages.size() - 1 - rejected.rank_sum]};
  found.confidence = 1 - 2 * rejected.share;
  return found;
}

}  // namespace ravine
