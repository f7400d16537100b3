#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct schedule_free_adamw {
  static constexpr ravine::about about{
      "schedule_free_adamw", "AdamW with averaging instead of a schedule",
      "Defazio et al. 2024, arXiv:2405.15682",
      "y = (1 - beta1) z + beta1 x, and g is taken at y;  v <- beta2 v + (1 - beta2) g^2\n"
      "rate = lr sqrt(1 - beta2^t),  z <- z - rate (g / (sqrt(v) + eps) + weight_decay y)\n"
      "x <- (1 - c) x + c z,  c = rate^2 / (sum of rate^2 so far)\n"
      "The parameters are y, state is z and v, and the trial is evaluated at the average x, which y and z\n"
      "tell: x = y + (1 - beta1) / beta1 (y - z). Therefore beta1 is above 0 and can't be scheduled.\n"
      "Warm-up is a schedule of lr and enters c, as in the paper. Later releases of the authors' code\n"
      "correct v instead of the rate, which makes eps and c differ, and weight by the largest rate so far.\n"
      "decay_biases: false leaves biases and normalisations undecayed."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(0.0025).search(1e-4, 1e-1),
      ravine::beta1().above(0).fixed().doc("share of the average in the point where gradients are taken"),
      ravine::beta2(), ravine::eps(), ravine::weight_decay(0), ravine::decay_biases());

  void state(ravine::state_list& list) const {
    list.per_parameter("z");
    list.per_parameter("v");
    list.doubles("weights", 1);
  }

  template <class T>
  void init(ravine::step<T, schedule_free_adamw> s) const {
    std::ranges::copy(s.params(), s.state("z").begin());
  }

  template <class T>
  void step(ravine::step<T, schedule_free_adamw> s) const {
    const double now = s["lr"] * std::sqrt(s.bias_correction(s["beta2"]));
    double& weights = s.doubles("weights")[0];
    weights += now * now;
    const double c = weights > 0 ? now * now / weights : 0;  // 0 while lr is: then x and z are one

    const T rate = T(now), eps = s["eps"];
    const T beta2 = s["beta2"], gain2 = 1 - s["beta2"];
    const T lag = 1 - s["beta1"], kept = T(1 - c);
    const T gained = 1 - s["beta1"] * (1 - c);
    s.by_decay([=](const auto& part, T decay) {
      part.for_each(
          [=](T& y, T g, T& z, T& v) {
            v = beta2 * v + gain2 * g * g;
            const T average = y - lag * z;  // beta1 x
            z -= rate * (ravine::quotient(g, std::sqrt(v) + eps) + decay * y);
            y = kept * average + gained * z;
          },
          "z", "v");
    });
  }

  template <class T>
  bool evaluation_point(ravine::step<T, schedule_free_adamw> s, std::span<T> x) const {
    const T ahead = (1 - s["beta1"]) / s["beta1"];
    const auto y = s.params(), z = s.state("z");
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = y[i] + ahead * (y[i] - z[i]);
    return true;
  }
};

}  // namespace

RAVINE_OPTIMIZER(schedule_free_adamw)
