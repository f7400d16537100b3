#include <ravine/landscape.hpp>

namespace {

class rosenbrock {
 public:
  static constexpr ravine::about about{"rosenbrock", "A bent, flat-bottomed valley",
                                       "Rosenbrock 1960, doi:10.1093/comjnl/3.3.175",
                                       "f(x) = sum over i of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2"};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::integer("n", 2).at_least(2).at_most(1e6).doc("dimensions"));

  explicit rosenbrock(ravine::config<rosenbrock> c) : n_(static_cast<std::size_t>(c.integer("n"))) {}

  ravine::landscape_facts facts() const {
    ravine::landscape_facts known;
    known.lower.assign(n_, -5);
    known.upper.assign(n_, 10);
    known.start.assign(n_, 1);
    for (std::size_t i = 0; i < n_; i += 2) known.start[i] = -1.2;
    known.minima.emplace_back(n_, 1.0);
    known.minimum = 0;
    return known;
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
