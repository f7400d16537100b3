#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct lookahead {
  static constexpr ravine::about about{
      "lookahead", "Slow weights that follow an optimizer's fast ones", "Zhang et al. 2019, arXiv:1907.08610",
      "The inner optimizer steps on the parameters; after every k steps\n"
      "slow <- alpha p + (1 - alpha) slow,  p <- slow\n"
      "slow starts where the parameters do. The inner optimizer's state is kept at a synchronisation, as in\n"
      "the authors' code by default. The parameters, which are the fast weights, are evaluated."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("k", 5).at_least(1).search(2, 20).doc("steps between two synchronisations"),
      ravine::real("alpha", 0.5)
          .above(0)
          .at_most(1)
          .search(0.1, 1)
          .doc("share of the way that slow weights go"));
  static constexpr auto state = ravine::per_parameter("slow");
  static constexpr bool wraps = true;

  template <class T>
  void init(ravine::step<T, lookahead> s) const {
    std::ranges::copy(s.params(), s.state("slow").begin());
  }

  template <class T>
  void step(ravine::step<T, lookahead> s) const {
    s.step_inner();
    if (std::fmod(s.t(), s["k"]) != 0) return;
    const T alpha = s["alpha"];
    s.for_each([=](T& p, T, T& slow) { p = slow = alpha * p + (1 - alpha) * slow; });
  }
};

}  // namespace

RAVINE_OPTIMIZER(lookahead)
