#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>
#include <ravine/products.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct dadapt_adam {
  static constexpr ravine::about about{
      "dadapt_adam", "AdamW that finds its learning rate", "Defazio & Mishchenko 2023, arXiv:2301.07733",
      "d is a lower bound of the distance from the start to the solution, d0 at first; rate = lr d\n"
      "b = sqrt(beta2):  r <- b r + (1 - b) rate <g, a / (sqrt(v) + eps)>, a and v being the last step's\n"
      "m <- beta1 m + (1 - beta1) rate g,  v <- beta2 v + (1 - beta2) g^2,  a <- b a + (1 - b) rate g\n"
      "d <- max(d, r / ((1 - b) |a|_1))\n"
      "p <- p (1 - rate weight_decay) - m / (sqrt(v) + eps)\n"
      "The authors' code has weight decay in the gradient unless told otherwise. lr stays at 1: schedule\n"
      "it. bias_correction multiplies rate by Adam's corrections. The code can limit the growth of d as\n"
      "well."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1).search(0.1, 10).doc("multiple of the rate that is found"), ravine::beta1(),
      ravine::beta2(), ravine::eps(),
      ravine::real("d0", 1e-6).above(0).log().search(1e-8, 1e-2).fixed().doc("d at first"),
      ravine::bias_correction(false).doc("apply Adam's corrections to the rate"), ravine::weight_decay(0),
      ravine::decay_biases());

  void state(ravine::state_list& list) const {
    for (const char* name : {"m", "v", "a"}) list.per_parameter(name);
    list.doubles("found", 2);  // d and r
  }

  template <class T>
  void init(ravine::step<T, dadapt_adam> s) const {
    s.doubles("found")[0] = s["d0"];
  }

  template <class T>
  void step(ravine::step<T, dadapt_adam> s) const {
    const ravine::moments moments(s);
    double &d = s.doubles("found")[0], &r = s.doubles("found")[1];
    const double keeping = std::sqrt(double(s["beta2"]));
    const double rate = d * double(s["lr"]) * std::sqrt(moments.correction2) / moments.correction1;
    const T eps = s["eps"];
    r = keeping * r + (1 - keeping) * rate * progress(s);
    const T now = T(rate), kept = T(keeping), gain = T((1 - keeping) * rate);
    const T beta1 = s["beta1"], gain1 = T(double(1 - s["beta1"]) * rate);
    s.for_each(
        [=](T&, T g, T& m, T& v, T& a) {
          m = beta1 * m + gain1 * g;
          moments.update_second(g, v);
          a = kept * a + gain * g;
        },
        "m", "v", "a");
    const double length = ravine::sum_of_sizes(std::span<const T>(s.state("a")));
    if (length == 0) return;
    d = std::max(d, r / ((1 - keeping) * length));
    s.by_decay([=](const auto& part, T decay) {
      const T left = 1 - now * decay;
      part.for_each([=](T& p, T, T& m, T& v) { p = left * p - ravine::quotient(m, std::sqrt(v) + eps); }, "m",
                    "v");
    });
  }

 private:
  /// <g, a / (sqrt(v) + eps)>
  template <class T>
  static double progress(const ravine::step<T, dadapt_adam>& s) {
    const auto v = s.state("v"), a = s.state("a");
    const auto g = s.grads();
    const T eps = s["eps"];
    return ravine::sum(g.size(), [=](std::size_t i) {
      return double(g[i]) * double(ravine::quotient(a[i], std::sqrt(v[i]) + eps));
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(dadapt_adam)
