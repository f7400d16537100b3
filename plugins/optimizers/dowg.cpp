#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>
#include <ravine/products.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct dowg {
  static constexpr ravine::about about{
      "dowg", "Gradient descent whose rate comes from the distance gone",
      "Khaled et al. 2023, arXiv:2305.16284",
      "r <- max(r, |p - p0|), `distance` at first;  v <- v + r^2 |g|^2;  p <- p - lr r^2 / sqrt(v) g\n"
      "Norms are over all parameters; p0 is the start. There is nothing to tune: lr is a factor that is 1\n"
      "in the paper and may be scheduled. The last point is evaluated, as in the paper's experiments; its\n"
      "theory is of an average. The authors' code starts r^2 at a constant, which it adds to sqrt(v), too."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1).search(0.1, 10).doc("multiple of the rate that is found"),
      ravine::real("distance", 1e-2).above(0).log().search(1e-6, 1).fixed().doc("r at first"));

  void state(ravine::state_list& list) const {
    list.per_parameter("start");
    list.doubles("found", 2);  // r and v
  }

  template <class T>
  void init(ravine::step<T, dowg> s) const {
    std::ranges::copy(s.params(), s.state("start").begin());
    s.doubles("found")[0] = s["distance"];
  }

  template <class T>
  void step(ravine::step<T, dowg> s) const {
    double &r = s.doubles("found")[0], &v = s.doubles("found")[1];
    const auto p = s.params(), start = s.state("start");
    const double gone = std::sqrt(ravine::sum(p.size(), [=](std::size_t i) {
      const double way = double(p[i]) - double(start[i]);
      return way * way;
    }));
    r = std::max(r, gone);
    const double slope = ravine::norm(s.grads());
    v += r * r * slope * slope;
    if (v == 0) return;
    ravine::add_scaled(p, -double(s["lr"]) * r * r / std::sqrt(v), s.grads());
  }
};

}  // namespace

RAVINE_OPTIMIZER(dowg)
