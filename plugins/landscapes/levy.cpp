#include <ravine/landscape.hpp>
#include <ravine/trigonometry.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace {

class levy {
 public:
  static constexpr ravine::about about{
      "levy", "A bowl under ripples that grow with the distance", "Levy & Montalvo 1985, doi:10.1137/0906002",
      "f(x) = sin^2(pi w[1]) + sum over i < n of (w[i] - 1)^2 (1 + 10 sin^2(pi w[i] + 1))\n"
      "       + (w[n] - 1)^2 (1 + sin^2(2 pi w[n])), w = 1 + (x - 1) / 4"};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::integer("n", 2).at_least(1).at_most(1e6).doc("dimensions"));

  explicit levy(ravine::config<levy> c) : n_(c.count("n")) {}

  ravine::landscape_facts facts() const {
    return ravine::same_in_each_dimension(
        n_, {.lower = -10, .upper = 10, .start = {-8, 6}, .minimum_at = 1, .minimum = 0});
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    constexpr T pi = std::numbers::pi_v<T>;
    std::fill(g.begin(), g.end(), T(0));
    // In v = w - 1, whose sines are the same but for a sign that the squares lose.
    const T first = (x[0] - 1) / 4, head = ravine::sin_pi(first);
    g[0] = pi * ravine::sin_pi(2 * first);
    T f = head * head;
    for (std::size_t i = 0; i + 1 < n_; ++i) {
      const T v = (x[i] - 1) / 4, wave = std::sin(pi * v + 1);
      const T factor = 1 + 10 * wave * wave;
      f += v * v * factor;
      g[i] += 2 * v * factor + 10 * pi * v * v * std::sin(2 * (pi * v + 1));
    }
    const T last = (x[n_ - 1] - 1) / 4, tail = ravine::sin_pi(2 * last);
    f += last * last * (1 + tail * tail);
    g[n_ - 1] += 2 * last * (1 + tail * tail) + 2 * pi * last * last * ravine::sin_pi(4 * last);
    for (T& slope : g) slope /= 4;  // w is x / 4 and a constant
    return f;
  }

 private:
  std::size_t n_;
};

}  // namespace

RAVINE_LANDSCAPE(levy)
