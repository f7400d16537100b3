#include <ravine/landscape.hpp>
#include <ravine/trigonometry.hpp>

#include <cmath>
#include <numbers>

namespace {

class ackley {
 public:
  static constexpr ravine::about about{
      "ackley", "A narrow funnel in a nearly flat, rippled plain",
      "Ackley 1987, A connectionist machine for genetic hillclimbing, Kluwer",
      "f(x) = -20 exp(-0.2 sqrt(mean of x[i]^2)) - exp(mean of cos(2 pi x[i])) + 20 + e\n"
      "The minimum is the tip of a cone: f has no gradient there, and 0 is answered. The slope next to it is "
      "4 / sqrt(n)."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::integer("n", 2).at_least(1).at_most(1e6).doc("dimensions"));

  explicit ackley(ravine::config<ackley> c) : n_(c.count("n")) {}

  ravine::landscape_facts facts() const {
    return ravine::same_in_each_dimension(
        n_, {.lower = -32.768, .upper = 32.768, .start = {-15.3, 10.6}, .minimum_at = 0, .minimum = 0});
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    const T n = T(n_);
    T squares = 0, ripple = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      const T wave = ravine::sin_pi(x[i]);
      squares += x[i] * x[i];
      ripple -= 2 * wave * wave;  // cos(2 pi x) - 1, without cancellation near the minimum
    }
    const T radius = std::sqrt(squares / n), e = std::numbers::e_v<T>;
    const T funnel = std::expm1(T(-0.2) * radius), bumps = std::expm1(ripple / n);
    const T inward = radius > 0 ? 4 * (1 + funnel) / (n * radius) : T(0);
    const T height = 2 * std::numbers::pi_v<T> * e * (1 + bumps) / n;
    for (std::size_t i = 0; i < n_; ++i) g[i] = inward * x[i] + height * ravine::sin_pi(2 * x[i]);
    return -20 * funnel - e * bumps;
  }

 private:
  std::size_t n_;
};

}  // namespace

RAVINE_LANDSCAPE(ackley)
