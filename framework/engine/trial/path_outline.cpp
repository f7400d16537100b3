#include "trial/path_outline.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <utility>

namespace ravine {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// NaN counts as infinite.
double finite_or_infinite(double x) {
  if (std::isfinite(x)) return x;
  return infinity;
}
constexpr double loss_weight = 0.125;  // the curve of the loss is drawn that high, the landscape being 1 wide
constexpr double unseen = 0x1p-13;     // of the window: a quarter of a pixel on 2,000
constexpr double fewest_decades = 1;   // below that, what is left of the loss's range is its last digits

/// Where each loss is drawn on a logarithmic axis: 0 at the least excess over the floor, 1 at the greatest.
std::vector<double> heights_of(const std::vector<double>& losses, double floor) {
  double lowest = infinity, highest = -infinity;
  for (const double loss : losses) {
    if (!std::isfinite(loss)) continue;
    lowest = std::min(lowest, loss);
    highest = std::max(highest, loss);
  }
  if (!std::isfinite(floor)) floor = lowest;
  const double least = std::max({floor == 0 ? 1e-40 : std::abs(floor) * 1e-16, (highest - floor) * 1e-32,
                                 std::numeric_limits<double>::min()});
  const auto level = [&](double loss) { return std::log10(std::max(loss - floor, least)); };
  const double bottom = level(lowest);
  const double range = std::max(level(highest) - bottom, fewest_decades);
  std::vector<double> heights(losses.size());
  std::ranges::transform(losses, heights.begin(), [&](double loss) {
    return std::isfinite(loss) ? (level(loss) - bottom) / range : std::numeric_limits<double>::quiet_NaN();
  });
  return heights;
}

/// A path as a chain that rows are taken out of.
class chain {
 public:
  chain(const trajectory& path, std::span<const double> errors, const path_window& window)
      : path_(path),
        window_(window),
        heights_(heights_of(path.losses, window.least_loss)),
        before_(path.steps.size()),
        after_(path.steps.size()),
        errors_(errors.begin(), errors.end()),
        costs_(path.steps.size(), infinity),
        left_(path.steps.size()) {
    errors_.resize(path.steps.size());
    for (std::size_t row = 0; row < left_; ++row) {
      before_[row] = row == 0 ? 0 : row - 1;
      after_[row] = row + 1;
    }
  }

  std::size_t left() const { return left_; }
  /// How far from the path a row may leave the drawing that is taken out by its loss.
  void allow(double error) { allowed_ = error; }

  enum class order {
    by_error,    // how far from the path it leaves the drawing
    by_loss,     // how far from the curve of the loss, if the place is not missed
    by_distance  // of the row alone, whatever was taken out beside it
  };

  /// Takes out rows that hardly cost anything, every other one at most in a sweep: most of a path that
  /// converges, in a time that the queue below would take several times.
  void sweep(double limit) {
    std::size_t taken = left_;
    while (taken > left_ / 4) {
      const std::size_t were = left_;
      for (std::size_t row = after_[0]; row + 1 < before_.size(); row = after_[row]) {
        const deviation off = deviation_of(row);
        if (std::max(errors_[row] + off.place, off.loss) > limit) continue;
        const std::size_t next = after_[row];
        unlink(row, errors_[row] + off.place);
        if (next + 1 == before_.size()) break;
        row = next;
      }
      taken = were - left_;
    }
  }

  /// Takes rows out, the cheapest first, while more than `most` are left and it costs no more than `limit`.
  void take_out(order by, std::size_t most, double limit) {
    std::vector<offered> cheap;  // no other row goes before its neighbours change what it costs
    for (std::size_t row = after_[0]; row + 1 < before_.size(); row = after_[row]) {
      costs_[row] = cost(row, by);
      if (costs_[row] <= limit) cheap.emplace_back(costs_[row], row);
    }
    queue_ = row_queue(costlier(), std::move(cheap));
    while (left_ > most && !queue_.empty()) {
      const auto [cost, row] = queue_.top();
      queue_.pop();
      if (cost != costs_[row]) continue;  // it has changed since, or the row is gone
      take_out(row, by, limit);
    }
  }

  path_outline rest() const {
    path_outline kept;
    for (std::size_t row = 0; row < before_.size(); row = after_[row]) {
      kept.rows.push_back(row);
      kept.errors.push_back(errors_[row]);
    }
    return kept;
  }

 private:
  using offered = std::pair<double, std::size_t>;
  struct costlier {  // of rows that cost the same the later goes first: most happens at the beginning
    bool operator()(const offered& a, const offered& b) const {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    }
  };

  using row_queue = std::priority_queue<offered, std::vector<offered>, costlier>;

  bool is_inner(std::size_t row) const { return row != 0 && row + 1 != before_.size(); }

  /// From the connection of its neighbours at its step: in shares of the window, and of the loss's axis.
  struct deviation {
    double place, loss;
  };
  deviation deviation_of(std::size_t row) const {
    const std::size_t a = before_[row], b = after_[row], n = path_.dimension;
    const auto step = [this](std::size_t of) { return static_cast<double>(path_.steps[of]); };
    const double share = (step(row) - step(a)) / (step(b) - step(a));
    double square = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double from = path_.points[a * n + i], to = path_.points[b * n + i];
      const double off = path_.points[row * n + i] - std::lerp(from, to, share);
      if (off == 0) continue;  // as always where the window has no width
      const double relative = off / window_.widths[i];
      square += relative * relative;
    }
    const double climb = loss_weight * std::abs(heights_[row] - std::lerp(heights_[a], heights_[b], share));
    const double length = std::sqrt(square);
    return {finite_or_infinite(length), finite_or_infinite(climb)};
  }
  double cost(std::size_t row, order by) const {
    const auto [place, loss] = deviation_of(row);
    switch (by) {
      case order::by_error:
        return std::max(errors_[row] + place, loss);
      case order::by_loss:
        if (errors_[row] + place <= allowed_) return loss;
        return infinity;
      case order::by_distance:
        break;
    }
    return std::max(place, loss);
  }

  void take_out(std::size_t row, order by, double limit) {
    unlink(row, deviation_of(row).place + errors_[row]);
    for (const std::size_t neighbour : {before_[row], after_[row]}) {
      if (!is_inner(neighbour)) continue;
      costs_[neighbour] = cost(neighbour, by);
      if (costs_[neighbour] <= limit) queue_.emplace(costs_[neighbour], neighbour);
    }
  }

  /// Takes a row out that lies `error` from what is left.
  void unlink(std::size_t row, double error) {
    costs_[row] = -1;
    --left_;
    const std::size_t a = before_[row], b = after_[row];
    after_[a] = b;
    before_[b] = a;
    errors_[a] = std::max(errors_[a], error);
    errors_[b] = std::max(errors_[b], error);
  }

  const trajectory& path_;
  const path_window& window_;
  std::vector<double> heights_;
  std::vector<std::size_t> before_, after_;
  std::vector<double> errors_;
  std::vector<double> costs_;  // as offered last; -1 once a row is gone
  std::size_t left_;
  double allowed_ = 0;
  row_queue queue_;
};

}  // namespace

path_outline outline_of(const trajectory& path, std::span<const double> errors, const path_window& window,
                        std::size_t most, double tolerance) {
  if (path.steps.empty()) return {};
  chain rows(path, errors, window);
  rows.sweep(tolerance / 16);
  rows.take_out(chain::order::by_error, 2, tolerance);
  most = std::max<std::size_t>(most, 2);
  for (double allowed = tolerance; rows.left() > most && allowed <= unseen; allowed *= 2) {
    rows.allow(allowed);
    rows.take_out(chain::order::by_loss, most, std::numeric_limits<double>::max());
  }
  rows.take_out(chain::order::by_distance, most, infinity);
  return rows.rest();
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
