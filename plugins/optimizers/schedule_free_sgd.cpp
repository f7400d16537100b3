#include <ravine/optimizer.hpp>

#include <algorithm>

namespace {

struct schedule_free_sgd {
  static constexpr ravine::about about{
      "schedule_free_sgd", "Gradient descent with averaging instead of a schedule",
      "Defazio et al. 2024, arXiv:2405.15682",
      "y = (1 - beta) z + beta x, and g is taken at y;  z <- z - lr (g + weight_decay y)\n"
      "x <- (1 - c) x + c z,  c = lr^2 / (sum of lr^2 so far), which is 1 / t where lr is constant\n"
      "The parameters are y, state is z, and the trial is evaluated at the average x, which y and z tell:\n"
      "x = y + (1 - beta) / beta (y - z). Therefore beta is above 0 and can't be scheduled. Warm-up is a\n"
      "schedule of lr; the authors' code weights by the largest lr so far, and its default lr is 1. The\n"
      "first step is that of sgd: it goes downhill for lr below 2 / the largest curvature."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::learning_rate(0.1).search(1e-3, 10),
                              ravine::real("beta", 0.9)
                                  .above(0)
                                  .below(1)
                                  .log_one_minus()
                                  .search(0.5, 0.99)
                                  .fixed()
                                  .doc("share of the average in the point where gradients are taken"),
                              ravine::weight_decay(0), ravine::decay_biases());

  void state(ravine::state_list& list) const {
    list.per_parameter("z");
    list.doubles("weights", 1);
  }

  template <class T>
  void init(ravine::step<T, schedule_free_sgd> s) const {
    std::ranges::copy(s.params(), s.state("z").begin());
  }

  template <class T>
  void step(ravine::step<T, schedule_free_sgd> s) const {
    const double now = s["lr"];
    double& weights = s.doubles("weights")[0];
    weights += now * now;
    const double c = weights > 0 ? now * now / weights : 0;  // 0 while lr is: then x and z are one
    const T lr = s["lr"], lag = 1 - s["beta"], kept = T(1 - c);
    const T gained = 1 - s["beta"] * (1 - c);
    s.for_each_decayed(
        [=](T& y, T g, T& z) {
          const T average = y - lag * z;  // beta x
          z -= lr * g;
          y = kept * average + gained * z;
        },
        "z");
  }

  template <class T>
  bool evaluation_point(ravine::step<T, schedule_free_sgd> s, std::span<T> x) const {
    const T ahead = (1 - s["beta"]) / s["beta"];
    const auto y = s.params(), z = s.state("z");
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = y[i] + ahead * (y[i] - z[i]);
    return true;
  }
};

}  // namespace

RAVINE_OPTIMIZER(schedule_free_sgd)
