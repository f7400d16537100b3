#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct adagc {
  static constexpr ravine::about about{
      "adagc", "Clips each tensor's gradient to a multiple of its usual norm",
      "Wang et al. 2025, arXiv:2502.11034",
      "g_i <- min(1, factor n_i / |g_i|) g_i for each tensor i\n"
      "n_i <- beta n_i + (1 - beta) |g_i| after clipping\n"
      "In the first `warm_up` steps the whole gradient is clipped to `norm` instead, and n_i is the least\n"
      "norm that tensor i had. The inner optimizer steps with the clipped gradient. Norms of 0 are not\n"
      "counted; in the paper a tensor that had one in the warm-up never moves."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("factor", 1.05).above(0).search(1, 2).doc("multiple of the usual norm"),
      ravine::decay_rate("beta", 0.98).search(0.9, 0.999).doc("decay of the usual norm"),
      ravine::real("norm", 1).above(0).log().search(0.1, 10).doc("of the whole gradient at most, at first"),
      ravine::integer("warm_up", 100).at_least(1).doc("steps until each tensor has a usual norm"));
  static constexpr bool wraps = true;

  void state(ravine::state_list& list) const {
    list.doubles("usual", list.tensors().size());
    list.scratch("clipped");
  }

  template <class T>
  void step(ravine::step<T, adagc> s) const {
    const bool warming_up = s.t() <= double(s["warm_up"]);
    const double beta = s["beta"], whole = warming_up ? ravine::norm(s.grads()) : 0;
    const double common = whole > double(s["norm"]) ? double(s["norm"]) / whole : 1;
    const std::span<double> usual = s.doubles("usual");
    std::size_t i = 0;
    for (const auto tensor : s.tensors()) {
      double& expected = usual[i++];
      const double length = ravine::norm(tensor.grads()), most = double(s["factor"]) * expected;
      const double scale = warming_up ? common : expected > 0 && length > most ? most / length : 1;
      const double clipped = scale * length;
      if (clipped > 0) {
        const double followed =
            warming_up ? std::min(expected, clipped) : beta * expected + (1 - beta) * clipped;
        expected = expected == 0 ? clipped : followed;
      }
      tensor.for_each([scale = T(scale)](T&, T g, T& kept) { kept = scale * g; }, "clipped");
    }
    s.step_inner(s.state("clipped"));
  }
};

}  // namespace

RAVINE_OPTIMIZER(adagc)
