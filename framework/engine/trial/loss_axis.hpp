#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace ravine {

/// Where losses are drawn, on an axis that widens as they come: the logarithm of the excess over the least
/// loss that there is, or, where nobody knows that, the loss itself.
class loss_axis {
 public:
  /// `least_loss` is NaN if it is unknown.
  explicit loss_axis(double least_loss)
      : least_loss_(least_loss), least_excess_(least_loss == 0 ? 1e-40 : std::abs(least_loss) * 1e-16) {}

  /// The place of a loss, and room for it; NaN for one that is not finite.
  double place(double loss) {
    if (!std::isfinite(loss)) return std::numeric_limits<double>::quiet_NaN();
    double at = loss;
    if (is_logarithmic()) {
      const double excess = std::max({loss - least_loss_, least_excess_, std::numeric_limits<double>::min()});
      at = std::max(std::log2(excess), upper - digits);
    }
    lower = std::min(lower, at);
    upper = std::max(upper, at);
    return at;
  }

  /// Above 0. Below a decade, what there is of the loss's range is its last digits.
  double width() const {
    constexpr double decade = 3.321928094887362;  // log2(10)
    return std::max(upper - lower, is_logarithmic() ? decade : std::numeric_limits<double>::min());
  }

  double lower = std::numeric_limits<double>::infinity(), upper = -lower;  ///< of the places so far

 private:
  static constexpr double digits = 106;  // powers of 2 that are told apart: 1e-32 of the largest is nothing

  bool is_logarithmic() const { return std::isfinite(least_loss_); }

  double least_loss_, least_excess_;
};

}  // namespace ravine
