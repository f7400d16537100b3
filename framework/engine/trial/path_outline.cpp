#include "trial/path_outline.hpp"

#include "trial/loss_axis.hpp"
#include "trial/swinging_door.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

namespace ravine {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double unseen = 0x1p-13;  // of the window

/// The axis of a whole path, on which an unknown least loss is that of the path.
loss_axis axis_of(const std::vector<double>& losses, double least_loss) {
  if (!std::isfinite(least_loss)) {
    for (const double loss : losses) {
      if (std::isfinite(loss) && !(loss >= least_loss)) least_loss = loss;
    }
  }
  loss_axis axis(least_loss);
  for (const double loss : losses) axis.place(loss);
  return axis;
}

/// A path in shares of the window, out of which rows are taken.
class thinning {
 public:
  thinning(const trajectory& path, std::span<const double> errors, const path_window& window)
      : dimension_(path.dimension),
        steps_(path.steps.begin(), path.steps.end()),
        points_(path.points),
        losses_(path.losses) {
    left_.rows.resize(steps_.size());
    std::iota(left_.rows.begin(), left_.rows.end(), std::size_t{0});
    left_.errors.assign(errors.begin(), errors.end());
    left_.errors.resize(steps_.size());
    loss_axis axis = axis_of(losses_, window.least_loss);
    const double height = path_window::loss_height / axis.width();
    for (double& each : losses_) each = axis.place(each) * height;
    for (std::size_t i = 0; i < points_.size(); ++i) points_[i] /= window.widths[i % dimension_];
  }

  /// Takes out up to two thirds of the rows: until `most` are left, or no others can go.
  path_outline down_to(std::size_t most) && {
    while (size() > most && take_out(size() - most)) {
    }
    return std::move(left_);
  }

 private:
  /// Squares.
  struct distance {
    double place = 0, loss = 0;
  };
  struct removal {
    double cost = infinity, error = 0;
  };

  std::size_t size() const { return steps_.size(); }
  const double* point(std::size_t row) const { return points_.data() + row * dimension_; }

  /// From the connection of two others at its step.
  distance off_line(std::size_t row, std::size_t a, std::size_t b) const {
    const double share = (steps_[row] - steps_[a]) / (steps_[b] - steps_[a]);
    const double *const at = point(row), *const from = point(a), *const to = point(b);
    distance off;
    for (std::size_t i = 0; i < dimension_; ++i)
      off.place += square(at[i] - from[i] - share * (to[i] - from[i]));
    off.loss = square(losses_[row] - losses_[a] - share * (losses_[b] - losses_[a]));
    return off;
  }

  distance apart(std::size_t a, std::size_t b) const {
    distance off;
    for (std::size_t i = 0; i < dimension_; ++i) off.place += square(point(a)[i] - point(b)[i]);
    off.loss = square(losses_[a] - losses_[b]);
    return off;
  }

  static double square(double x) { return x * x; }
  static distance greater(const distance& a, const distance& b) {
    return {std::max(a.place, b.place), std::max(a.loss, b.loss)};
  }

  /// `off_line` and `shown` are squares: how far the rows lie from the connection that would replace them,
  /// and how far from the lines that would still be drawn.
  removal priced(double error, const distance& off_line, const distance& shown, double steps) const {
    error += std::sqrt(off_line.place);
    const bool is_unseen = error <= unseen;
    // Each doubling of the error comes after every loss, and what is seen after all: no distance of a loss
    // times a number of steps comes near the factor.
    const int doublings = is_unseen ? std::max(std::ilogb(error / unseen) + 5, 0) : 6;
    const double cost = std::ldexp((is_unseen ? shown.loss : shown.place) + unseen * unseen, 100 * doublings);
    return {cost * steps, error};
  }
  removal of_one(std::size_t row) const {
    const distance off = off_line(row, row - 1, row + 1);
    const double error = std::max(left_.errors[row - 1], left_.errors[row]);
    return priced(error, off, off, steps_[row + 1] - steps_[row - 1]);
  }
  /// Of a row and the next. After a swing the path comes by the same places again.
  removal of_two(std::size_t row) const {
    const std::size_t a = row - 1, next = row + 1, b = row + 2;
    const double error = std::max({left_.errors[a], left_.errors[row], left_.errors[next]});
    return priced(error, greater(off_line(row, a, b), off_line(next, a, b)),
                  greater(apart(row, b), apart(next, a)), steps_[b] - steps_[a]);
  }

  /// Takes out the cheapest, no two side by side: about as many as are wanted.
  bool take_out(std::size_t wanted) {
    const std::size_t n = size();
    if (n < 4) return false;
    ones_.assign(n, {});
    twos_.assign(n, {});
    costs_.clear();
    for (std::size_t row = 1; row + 2 < n; ++row) {
      ones_[row] = of_one(row);
      if (row + 3 < n) twos_[row] = of_two(row);
      const double least = std::min(ones_[row].cost, twos_[row].cost);
      if (least < infinity) costs_.push_back(least);
    }
    if (costs_.empty()) return false;
    const auto last =
        costs_.begin() + static_cast<std::ptrdiff_t>(std::min(wanted + wanted / 2, costs_.size()) - 1);
    std::ranges::nth_element(costs_, last);
    take_out_below(*last);
    return true;
  }

  void take_out_below(double limit) {
    std::size_t kept = 1;
    for (std::size_t row = 1; row < size(); ++row, ++kept) {
      const removal &one = ones_[row], &two = twos_[row];
      if (std::min(one.cost, two.cost) <= limit) {
        const bool both = two.cost < one.cost;
        left_.errors[kept - 1] = both ? two.error : one.error;
        row += both ? 2 : 1;
      }
      keep(row, kept);
    }
    steps_.resize(kept);
    points_.resize(kept * dimension_);
    losses_.resize(kept);
    left_.rows.resize(kept);
    left_.errors.resize(kept);
  }

  void keep(std::size_t row, std::size_t as) {
    steps_[as] = steps_[row];
    std::copy_n(point(row), dimension_, points_.begin() + static_cast<std::ptrdiff_t>(as * dimension_));
    losses_[as] = losses_[row];
    left_.rows[as] = left_.rows[row];
    left_.errors[as] = left_.errors[row];
  }

  std::size_t dimension_;
  std::vector<double> steps_, points_, losses_;
  path_outline left_;
  std::vector<removal> ones_, twos_;  // what it costs to take out a row, or it and the next
  std::vector<double> costs_;
};

}  // namespace

path_outline thinned(const trajectory& path, std::span<const double> errors, const path_window& window,
                     std::size_t most) {
  return thinning(path, errors, window).down_to(most);
}

std::vector<std::size_t> outline_of(const trajectory& path, const path_window& window, std::size_t most,
                                    double tolerance) {
  loss_axis axis = axis_of(path.losses, window.least_loss);
  std::vector<double> tolerances = window.widths;
  tolerances.push_back(axis.width() / path_window::loss_height);
  for (double& each : tolerances) each *= tolerance;
  swinging_door door(tolerances.size());
  std::vector<double> before, at;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < path.steps.size(); ++row) {
    const auto point = path.points.begin() + static_cast<std::ptrdiff_t>(row * path.dimension);
    at.assign(point, point + static_cast<std::ptrdiff_t>(path.dimension));
    at.push_back(axis.place(path.losses[row]));
    const auto step = static_cast<double>(path.steps[row]);
    if (row != 0 && door.passes(step, at, tolerances)) {
      rows.back() = row;
    } else {
      if (row != 0) door.open(static_cast<double>(path.steps[row - 1]), before, step, at, tolerances);
      rows.push_back(row);
    }
    before.swap(at);
  }
  if (rows.size() <= most) return rows;
  std::vector<std::size_t> fewer = thinned(rows_of(path, rows), {}, window, most).rows;
  for (std::size_t& each : fewer) each = rows[each];
  return fewer;
}

trajectory rows_of(const trajectory& path, std::span<const std::size_t> rows) {
  trajectory kept;
  kept.dimension = path.dimension;
  for (const std::size_t row : rows) {
    const auto begin = path.points.begin() + static_cast<std::ptrdiff_t>(row * path.dimension);
    kept.steps.push_back(path.steps[row]);
    kept.evaluations.push_back(path.evaluations[row]);
    kept.points.insert(kept.points.end(), begin, begin + static_cast<std::ptrdiff_t>(path.dimension));
    kept.losses.push_back(path.losses[row]);
  }
  return kept;
}

}  // namespace ravine
