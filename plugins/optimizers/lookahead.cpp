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
      "the authors' code by default. The slow weights are evaluated, as in the paper; evaluate: fast has\n"
      "the parameters instead, as the authors' code unless weights are exchanged for an evaluation.\n"
      "Around radam with gradient_centralization it is Ranger (Wright 2019)."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("k", 5).at_least(1).search(2, 20).doc("steps between two synchronisations"),
      ravine::real("alpha", 0.5)
          .above(0)
          .at_most(1)
          .search(0.1, 1)
          .doc("share of the way that slow weights go"),
      ravine::choice("evaluate", {"slow", "fast"}).doc("weights that are evaluated"));
  static constexpr auto state = ravine::per_parameter("slow");
  static constexpr bool wraps = true;

  explicit lookahead(ravine::config<lookahead> c) : slow_(c.choice("evaluate") == "slow") {}

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

  template <class T>
  bool evaluation_point(ravine::step<T, lookahead> s, std::span<T> point) const {
    if (slow_) s.inner().evaluation_point(s.state("slow"), point);
    return slow_;
  }

 private:
  bool slow_;
};

}  // namespace

RAVINE_OPTIMIZER(lookahead)
