#include <ravine/line_search.hpp>
#include <ravine/optimizer.hpp>
#include <ravine/products.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

/// The last moves s and the changes y of the gradient along them, in the optimizer's state.
template <class T>
class pairs {
 public:
  pairs(std::size_t n, std::span<T> s, std::span<T> y, std::span<double> counts)
      : n_(n), capacity_(s.size() / n), s_(s), y_(y), held_(counts[0]), pushed_(counts[1]) {}

  bool empty() const { return held_ == 0; }
  void forget() { held_ = 0; }
  /// Keeps s = step x d and y = after - before if the curvature along d is positive, beside the slope before:
  /// the condition of L-BFGS-B (Byrd et al. 1995, doi:10.1137/0916069), which has no scale.
  void push(double step, std::span<const T> d, std::span<const T> before, std::span<const T> after) {
    const double slope = ravine::dot(before, d), bend = ravine::dot(after, d) - slope;
    if (!(bend > std::numeric_limits<T>::epsilon() * -slope)) return;
    const std::size_t first = place(0);
    for (std::size_t i = 0; i < n_; ++i) {
      s_[first + i] = T(step) * d[i];
      y_[first + i] = after[i] - before[i];
    }
    ++pushed_;
    held_ = std::min(held_ + 1, double(capacity_));
  }

  /// Two-loop recursion: d = -H g (Nocedal & Wright 2006, Numerical Optimization, algorithm 7.4).
  void direction(std::span<const T> g, std::span<T> d) const {
    std::ranges::transform(g, d.begin(), [](T x) { return -x; });
    const auto count = std::size_t(held_);
    std::vector<double> alpha(count);
    for (std::size_t k = 0; k < count; ++k) {
      alpha[k] = ravine::dot<T>(s(k), d) / ravine::dot<T>(s(k), y(k));
      ravine::add_scaled<T>(d, -alpha[k], y(k));
    }
    const double scale = count == 0 ? 1 : ravine::dot<T>(s(0), y(0)) / ravine::dot<T>(y(0), y(0));
    for (T& x : d) x *= T(scale);
    for (std::size_t k = count; k-- > 0;) {
      const double beta = ravine::dot<T>(y(k), d) / ravine::dot<T>(s(k), y(k));
      ravine::add_scaled<T>(d, alpha[k] - beta, s(k));
    }
  }

 private:
  /// The k-th last pair, k from 0.
  std::span<const T> s(std::size_t k) const { return s_.subspan(place(k + 1), n_); }
  std::span<const T> y(std::size_t k) const { return y_.subspan(place(k + 1), n_); }
  std::size_t place(std::size_t back) const {
    return (std::size_t(pushed_) + capacity_ - back) % capacity_ * n_;
  }

  std::size_t n_, capacity_;
  std::span<T> s_, y_;
  double &held_, &pushed_;
};

struct lbfgs {
  static constexpr ravine::about about{
      "lbfgs", "Quasi-Newton method of limited memory with a line search",
      "Liu & Nocedal 1989, doi:10.1007/BF01589116",
      "d = -H g, H from the last pairs of moves and changes of g;  p <- p + a d, a by strong Wolfe search\n"
      "A step is several such iterations on one batch; every evaluation counts. Settings are PyTorch's, but\n"
      "for its history of 100 and its search that is off by default. Here each iteration gives a pair, the\n"
      "last of a step too, and the history is emptied when a search finds nothing. PyTorch's tolerances are\n"
      "absolute, and it stops while the loss is still about 1e-9 above its minimum, or at the start where "
      "the\n"
      "loss is small. Here they are relative to the scale of the problem: gradient_tolerance to the trial's\n"
      "first g, change_tolerance to parameters and loss, where these are below 1; curvature counts if it is\n"
      "positive beside the slope, and nothing more is done where the fall that d promises is lost in the\n"
      "loss's rounding. gradient_tolerance is at least the precision of the parameters' type."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("lr", 1).above(0).log().search(1e-2, 1).doc("what the line search tries first"),
      ravine::integer("history", 10).at_least(1).at_most(1000).search(3, 30).doc("pairs kept"),
      ravine::integer("iterations", 20).at_least(1).doc("most iterations in a step"),
      ravine::integer("evaluations", 25).at_least(1).doc("after so many in a step, no iteration begins"),
      ravine::real("gradient_tolerance", 1e-9)
          .at_least(0)
          .doc("largest element of g where all is done, relative to the first where below 1"),
      ravine::real("change_tolerance", 1e-9)
          .at_least(0)
          .doc("a step ends where parameters or loss change by less, relative to them where below 1"));
  static constexpr bool closure = true;

  explicit lbfgs(ravine::config<lbfgs> c) : history(c.count("history")) {}

  void state(ravine::state_list& list) const {
    list.array("s", history * list.parameters());
    list.array("y", history * list.parameters());
    list.doubles("counts", 2);
    list.doubles("first_gradient", 1);  // its largest element
  }

  template <class T>
  void step(ravine::step<T, lbfgs> s) const {
    const std::span<T> p = s.params();
    std::vector<T> g(s.grads().begin(), s.grads().end()), d(g), at(g), g_at(g);
    pairs<T> memory(p.size(), s.state("s"), s.state("y"), s.doubles("counts"));
    double loss = s.loss(), evaluations = 1;
    double& first_gradient = s.doubles("first_gradient")[0];
    if (first_gradient == 0) first_gradient = ravine::largest<T>(g);
    const double flat = std::max<double>(s["gradient_tolerance"], std::numeric_limits<T>::epsilon()) *
                        std::min(1.0, first_gradient);
    const auto least_change = [&](double of) { return s["change_tolerance"] * std::min(1.0, std::abs(of)); };
    const auto look = [&](double along) -> ravine::line_point {
      std::ranges::copy(p, at.begin());
      ravine::add_scaled<T>(at, along, d);
      ++evaluations;
      return {along, s.evaluate(at, g_at), ravine::dot<T>(g_at, d)};
    };
    for (double i = 0; i < s["iterations"] && evaluations < s["evaluations"]; ++i) {
      memory.direction(g, d);
      const ravine::line_point start{0, loss, ravine::dot<T>(g, d)};
      const bool promises = -start.slope > std::numeric_limits<double>::epsilon() * std::abs(loss);
      if (ravine::largest<T>(g) <= flat || !promises) return;
      const double length = ravine::largest<T>(d), least_move = least_change(ravine::largest<T>(p));
      const double first = memory.empty() ? std::min(1.0, 1 / ravine::sum_of_sizes<T>(g)) : 1;
      const auto found =
          ravine::strong_wolfe(start, s["lr"] * first, {.narrowest = least_move / length}, look);
      if (found.step == 0) return memory.forget();
      memory.push(found.step, d, g, g_at);
      std::ranges::copy(at, p.begin());
      g.swap(g_at);
      const bool settled =
          found.step * length <= least_move || std::abs(found.loss - loss) < least_change(loss);
      loss = found.loss;
      if (settled) return;
    }
  }

  std::size_t history;
};

}  // namespace

RAVINE_OPTIMIZER(lbfgs)
