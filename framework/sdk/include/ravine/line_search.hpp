#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

/// Line search for optimizers with a closure (Nocedal & Wright 2006, Numerical Optimization, chapter 3).
namespace ravine {

/// A point of the line p + step d: the loss there, and its slope, the gradient times d.
struct line_point {
  double step;
  double loss;
  double slope;
};

/// What the step found must meet, and when to give up.
struct wolfe_conditions {
  double decrease = 1e-4;            ///< the loss falls by at least decrease x step x slope at 0
  double curvature = 0.9;            ///< |slope| falls to at most curvature x |slope at 0|
  std::size_t max_evaluations = 25;  ///< of the loss along the line
  double narrowest = 0;              ///< steps closer than this are not told apart
};

namespace detail {

/// Where the cubic through both points has its minimum (their equation 3.59); not finite if nowhere.
inline double cubic_minimum(const line_point& a, const line_point& b) {
  const double d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.step - b.step);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.step - a.step);
  return b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
}

/// The same, kept within the bounds; their middle if there is none.
inline double bounded_minimum(const line_point& a, const line_point& b, double low, double high) {
  const double step = cubic_minimum(a, b);
  return std::isfinite(step) ? std::clamp(step, low, high) : (low + high) / 2;
}

template <class Evaluate>
class wolfe_search {
 public:
  wolfe_search(const line_point& start, const wolfe_conditions& wanted, Evaluate& evaluate)
      : start_(start), wanted_(wanted), evaluate_(evaluate) {}

  /// Algorithm 3.5: lengthens the step until it meets the conditions or has passed such a step.
  line_point bracket(double first) {
    line_point before = start_, now = visit(first);
    while (true) {
      const bool rose = visited_ > 1 && now.loss >= before.loss;
      if (!falls_enough(now) || rose) return zoom(before, now);
      if (flat_enough(now) || spent()) return now;
      if (now.slope >= 0) return zoom(now, before);
      const double shortest = now.step + 0.1 * (now.step - before.step);
      const double next = bounded_minimum(before, now, shortest, 10 * now.step);
      before = now;
      now = visit(next);
    }
  }

 private:
  /// Algorithm 3.6: between `low`, the best step so far, and `high` there are steps that meet the conditions.
  line_point zoom(line_point low, line_point high) {
    while (!spent() && std::abs(high.step - low.step) > wanted_.narrowest) {
      const auto [left, right] = std::minmax(low.step, high.step);
      const double margin = 0.1 * (right - left);
      const line_point now = visit(bounded_minimum(low, high, left + margin, right - margin));
      if (!falls_enough(now) || now.loss >= low.loss) {
        high = now;
      } else {
        if (flat_enough(now)) return now;
        if (now.slope * (high.step - low.step) >= 0) high = low;
        low = now;
      }
    }
    return low.step == last_ || low.step == start_.step ? low : visit(low.step);
  }

  line_point visit(double step) {
    ++visited_;
    last_ = step;
    return evaluate_(step);
  }
  /// Not for a loss that is not a number.
  bool falls_enough(const line_point& p) const {
    return p.loss <= start_.loss + wanted_.decrease * p.step * start_.slope;
  }
  bool flat_enough(const line_point& p) const {
    return std::abs(p.slope) <= wanted_.curvature * std::abs(start_.slope);
  }
  bool spent() const { return visited_ >= wanted_.max_evaluations; }

  line_point start_;
  wolfe_conditions wanted_;
  Evaluate& evaluate_;
  std::size_t visited_ = 0;
  double last_ = 0;
};

}  // namespace detail

/// A step that meets the strong Wolfe conditions, `first` being tried first, or, when giving up, the best
/// one found, which may be `start`. `start` is at step 0 with a negative slope; evaluate(step) answers the
/// line_point there and is last called with the step that is answered, unless that is `start`.
template <class Evaluate>
line_point strong_wolfe(const line_point& start, double first, const wolfe_conditions& wanted,
                        Evaluate evaluate) {
  return detail::wolfe_search<Evaluate>(start, wanted, evaluate).bracket(first);
}

}  // namespace ravine
