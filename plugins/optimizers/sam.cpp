#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>

namespace {

struct sam {
  static constexpr ravine::about about{
      "sam", "Sharpness-aware minimisation, over momentum or another optimizer",
      "Foret et al. 2020, arXiv:2010.01412",
      "h = gradient at p + rho g / |g|, on the same batch\n"
      "v <- beta v + lr h,  p <- p - v\n"
      "The norm is Euclidean and over all parameters. Each step evaluates two gradients: the second comes\n"
      "from the closure and counts like any other. The base method is momentum's velocity form, without\n"
      "decay; with rho 0 the steps are momentum's. Where g is 0 there is no way up: h is taken at p. Other\n"
      "implementations add an epsilon to |g|. With an inner optimizer, which then steps with h in place of\n"
      "momentum, lr, beta and v are not used."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::learning_rate(0.01).search(1e-4, 1.0),
                              ravine::decay_rate("beta", 0.9).search(0.5, 0.999).doc("decay of the velocity"),
                              ravine::real("rho", 0.05)
                                  .at_least(0)
                                  .log()
                                  .search(0.005, 0.5)
                                  .doc("distance to the point where the second gradient is taken"));
  static constexpr auto state = ravine::per_parameter("v");
  static constexpr auto scratch = ravine::per_parameter("climbed", "h");
  static constexpr bool closure = true;
  static constexpr bool may_wrap = true;

  template <class T>
  void step(ravine::step<T, sam> s) const {
    const T lr = s["lr"], beta = s["beta"];
    const double length = ravine::norm(s.grads());
    const T reach = length > 0 ? s["rho"] / length : T{0};
    s.for_each([=](T& p, T g, T& climbed) { climbed = p + reach * g; }, "climbed");
    const double loss = s.evaluate(s.state("climbed"), s.state("h"));
    if (s.has_inner()) return s.inner().step(s.params(), s.state("h"), loss);
    s.for_each(
        [=](T& p, T, T& v, T h) {
          v = beta * v + lr * h;
          p -= v;
        },
        "v", "h");
  }
};

}  // namespace

RAVINE_OPTIMIZER(sam)
