#include <ravine/landscape.hpp>

namespace {

class rosenbrock {
 public:
  static constexpr ravine::about about{"rosenbrock", "A bent, flat-bottomed valley",
                                       "Rosenbrock 1960, doi:10.1093/comjnl/3.3.175",
                                       "f(x) = sum over i of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2"};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::integer("n", 2).at_least(2).at_most(1e6).doc("dimensions"));

  explicit rosenbrock(ravine::config<rosenbrock> c) : n_(c.count("n")) {}

  ravine::landscape_facts facts() const {
    return ravine::same_in_each_dimension(
        n_, {.lower = -5, .upper = 10, .start = {-1.2, 1}, .minimum_at = 1, .minimum = 0});
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    T f = 0;
    g[0] = 0;
    for (std::size_t i = 0; i + 1 < n_; ++i) {
      const T valley = x[i + 1] - x[i] * x[i], distance = 1 - x[i];
      f += 100 * valley * valley + distance * distance;
      g[i] += -400 * x[i] * valley - 2 * distance;
      g[i + 1] = 200 * valley;
    }
    return f;
  }

 private:
  std::size_t n_;
};

}  // namespace

RAVINE_LANDSCAPE(rosenbrock)
