#include <ravine/landscape.hpp>
#include <ravine/trigonometry.hpp>

#include <numbers>

namespace {

class rastrigin {
 public:
  static constexpr ravine::about about{"rastrigin", "A bowl under a lattice of local minima",
                                       "Rastrigin 1974, Systems of extremal control, Nauka",
                                       "f(x) = 10 n + sum over i of x[i]^2 - 10 cos(2 pi x[i])\n"
                                       "A local minimum lies near every point of whole coordinates."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::integer("n", 2).at_least(1).at_most(1e6).doc("dimensions"));

  explicit rastrigin(ravine::config<rastrigin> c) : n_(c.count("n")) {}

  ravine::landscape_facts facts() const {
    return ravine::same_in_each_dimension(
        n_, {.lower = -5.12, .upper = 5.12, .start = {-3.3, 2.7}, .minimum_at = 0, .minimum = 0});
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    T f = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      const T wave = ravine::sin_pi(x[i]);  // 1 - cos(2 a) = 2 sin^2(a): nothing cancels near the minimum
      f += x[i] * x[i] + 20 * wave * wave;
      g[i] = 2 * x[i] + 20 * std::numbers::pi_v<T> * ravine::sin_pi(2 * x[i]);
    }
    return f;
  }

 private:
  std::size_t n_;
};

}  // namespace

RAVINE_LANDSCAPE(rastrigin)
