#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>
#include <ravine/products.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct prodigy {
  static constexpr ravine::about about{
      "prodigy", "AdamW that finds its learning rate, faster than dadapt_adam",
      "Mishchenko & Defazio 2023, arXiv:2306.06101",
      "d is a lower bound of the distance from the start p0 to the solution, d0 at first; rate = lr d\n"
      "r <- sqrt(beta2) r + d rate <g, p0 - p>,  a <- sqrt(beta2) a + d rate g\n"
      "m <- beta1 m + (1 - beta1) d g,  v <- beta2 v + (1 - beta2) d^2 g^2\n"
      "d <- max(d, coefficient r / |a|_1)\n"
      "p <- p (1 - rate weight_decay) - rate m / (sqrt(v) + d eps)\n"
      "As in the authors' code, rate has the old d and eps the new one; in the paper both have the old one.\n"
      "Nothing moves before a gradient is seen. lr stays at 1: schedule it. bias_correction multiplies rate\n"
      "by Adam's corrections. The code can limit the growth of d as well."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1).search(0.1, 10).doc("multiple of the rate that is found"), ravine::beta1(),
      ravine::beta2(), ravine::eps(),
      ravine::real("d0", 1e-6).above(0).log().search(1e-8, 1e-2).fixed().doc("d at first"),
      ravine::real("coefficient", 1).above(0).log().search(0.1, 10).doc("of the estimate of d"),
      ravine::bias_correction(false).doc("apply Adam's corrections to the rate"), ravine::weight_decay(0),
      ravine::decay_biases());

  void state(ravine::state_list& list) const {
    for (const char* name : {"m", "v", "a", "start"}) list.per_parameter(name);
    list.doubles("found", 2);  // d and r / d0
  }

  template <class T>
  void init(ravine::step<T, prodigy> s) const {
    std::ranges::copy(s.params(), s.state("start").begin());
    s.doubles("found")[0] = s["d0"];
  }

  template <class T>
  void step(ravine::step<T, prodigy> s) const {
    const ravine::moments moments(s);
    double &d = s.doubles("found")[0], &r = s.doubles("found")[1];
    const double before = d, keeping = std::sqrt(double(s["beta2"]));
    const double rate = before * double(s["lr"]) * std::sqrt(moments.correction2) / moments.correction1;
    const double share =
        before / double(s["d0"]) * rate;  // a and r are kept over d0, as numbers of usual size
    const auto x = s.params(), start = s.state("start");
    const auto slopes = s.grads();
    r = keeping * r + share * ravine::sum(x.size(), [=](std::size_t i) {
                        return double(slopes[i]) * (double(start[i]) - double(x[i]));
                      });
    const T scale = T(before), kept = T(keeping), gain = T(share);
    s.for_each(
        [=](T&, T g, T& m, T& v, T& a) {
          moments.update(scale * g, m, v);
          a = kept * a + gain * g;
        },
        "m", "v", "a");
    const double length = ravine::sum_of_sizes(std::span<const T>(s.state("a")));
    if (length == 0) return;
    d = std::max(d, double(s["coefficient"]) * r / length);
    const T now = T(rate), eps = T(d * double(s["eps"]));
    s.by_decay([=](const auto& part, T decay) {
      const T left = 1 - now * decay;
      part.for_each(
          [=](T& p, T, T& m, T& v) { p = left * p - ravine::quotient(now * m, std::sqrt(v) + eps); }, "m",
          "v");
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(prodigy)
