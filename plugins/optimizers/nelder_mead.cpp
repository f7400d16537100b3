#include "simplex.hpp"

#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace {

struct nelder_mead {
  static constexpr ravine::about about{
      "nelder_mead", "Downhill simplex, without gradients",
      "Nelder & Mead 1965, doi:10.1093/comjnl/7.4.308; Gao & Han 2012, doi:10.1007/s10589-010-9329-3",
      "The worst of n + 1 points, w, is reflected at the centre c of the others, c + a (c - w) with a = 1,\n"
      "then expanded (2) or contracted (1/2 or -1/2); if nothing helps, all move half-way to the best.\n"
      "adaptive: a = 1, 1 + 2/n and 3/4 - 1/(2 n), and all keep 1 - 1/n of their distance to the best.\n"
      "A step is one iteration: one or two evaluations, n more where all points move, and n + 1 more in\n"
      "the first. The step's own loss and gradient are not wanted and cost nothing, but within a wrapper,\n"
      "where they count. The parameters are the best point. Rules, ties and first simplex are scipy's, which "
      "ends when the simplex is small;\n"
      "here the budget decides. Losses are kept from step to step: on batches they are of different\n"
      "examples, unless batch_size is full. At most 5,000 parameters."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::boolean("adaptive", false).doc("coefficients that depend on n, for more than a few parameters"),
      ravine::real("spread", 0.05)
          .above(0)
          .log()
          .search(0.01, 1)
          .fixed()
          .doc("first simplex: a parameter's change, relative to it"),
      ravine::real("spread_at_zero", 0.00025)
          .above(0)
          .log()
          .search(1e-4, 1)
          .fixed()
          .doc("first simplex: the change of a parameter that is 0"));
  static constexpr bool closure = true, no_gradient = true;

  void state(ravine::state_list& list) const {
    list.limit_parameters(5000, "keeps one point more than there are parameters");
    const std::size_t n = list.parameters();
    list.array("simplex", (n + 1) * n);
    list.doubles("losses", n + 1);
    list.scratch("centre");
    list.scratch("tried");
    list.scratch("tried_next");
  }

  template <class T>
  void step(ravine::step<T, nelder_mead> s) const {
    const std::size_t n = s.params().size();
    const double size = double(n);
    const ravine::simplex<T> all{n, s.state("simplex"), s.doubles("losses")};
    const std::span<T> centre = s.state("centre"), tried = s.state("tried"), next = s.state("tried_next");
    const auto loss_at = [&](std::span<const T> point) {
      const double loss = s.evaluate(point, {});
      return std::isnan(loss) ? std::numeric_limits<double>::infinity() : loss;
    };
    if (s.number() == 1) begin(s, all, loss_at);

    std::ranges::fill(centre, T{0});
    for (std::size_t k = 0; k < n * n; ++k) centre[k % n] += all.points[k];
    for (T& x : centre) x /= T(n);
    const auto look = [&](std::span<T> point, double a) {
      for (std::size_t i = 0; i < n; ++i) point[i] = T((1 + a) * centre[i] - a * all.vertex(n)[i]);
      return loss_at(point);
    };
    const bool adaptive = s.flag("adaptive");
    const double contraction = adaptive ? 0.75 - 1 / (2 * size) : 0.5;
    const double reflected = look(tried, 1);
    if (reflected < all.losses[0]) {
      const double expanded = look(next, adaptive ? 1 + 2 / size : 2);
      all.replace_worst(expanded < reflected ? next : tried, std::min(expanded, reflected));
    } else if (reflected < all.losses[n - 1]) {
      all.replace_worst(tried, reflected);
    } else {
      const bool outside = reflected < all.losses[n];
      const double contracted = look(next, outside ? contraction : -contraction);
      if (outside ? contracted <= reflected : contracted < all.losses[n]) {
        all.replace_worst(next, contracted);
      } else {
        shrink(all, adaptive ? 1 - 1 / size : 0.5, loss_at);
      }
    }
    std::ranges::copy(all.vertex(0), s.params().begin());
  }

 private:
  template <class T, class Loss>
  static void begin(const ravine::step<T, nelder_mead>& s, const ravine::simplex<T>& all, Loss loss_at) {
    for (std::size_t i = 0; i <= all.n; ++i) {
      std::ranges::copy(s.params(), all.vertex(i).begin());
      if (i > 0) {
        T& x = all.vertex(i)[i - 1];
        x = x == 0 ? T(s["spread_at_zero"]) : T((1 + s["spread"]) * x);
      }
      all.losses[i] = loss_at(all.vertex(i));
    }
    all.sort();
  }

  template <class T, class Loss>
  static void shrink(const ravine::simplex<T>& all, double kept, Loss loss_at) {
    for (std::size_t i = 1; i <= all.n; ++i) {
      const std::span<T> x = all.vertex(i);
      for (std::size_t k = 0; k < all.n; ++k) {
        x[k] = T(all.vertex(0)[k] + kept * (x[k] - all.vertex(0)[k]));
      }
      all.losses[i] = loss_at(x);
    }
    all.sort();
  }
};

}  // namespace

RAVINE_OPTIMIZER(nelder_mead)
