#include <ravine/landscape.hpp>

#include <cmath>

namespace {

class griewank {
 public:
  static constexpr ravine::about about{
      "griewank", "A wide bowl with a fine ripple", "Griewank 1981, doi:10.1007/BF00933356",
      "f(x) = 1 + sum over i of x[i]^2 / 4000 - product over i of cos(x[i] / sqrt(i)), i from 1"};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::integer("n", 2).at_least(1).at_most(1e6).doc("dimensions"));

  explicit griewank(ravine::config<griewank> c) : n_(c.count("n")) {}

  ravine::landscape_facts facts() const {
    return ravine::same_in_each_dimension(
        n_, {.lower = -600, .upper = 600, .start = {-100, 200}, .minimum_at = 0, .minimum = 0});
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    T bowl = 0, before = 1;
    for (std::size_t i = 0; i < n_; ++i) {
      bowl += x[i] * x[i] / 4000;
      g[i] = before;
      before *= std::cos(x[i] / root<T>(i));
    }
    // The product without factor i is that before it times that after it: no division by a cosine of 0.
    T after = 1;
    for (std::size_t i = n_; i-- > 0;) {
      const T angle = x[i] / root<T>(i);
      g[i] = x[i] / 2000 + g[i] * after * std::sin(angle) / root<T>(i);
      after *= std::cos(angle);
    }
    return 1 + bowl - before;
  }

 private:
  template <class T>
  static T root(std::size_t index) {
    return std::sqrt(T(index + 1));
  }

  std::size_t n_;
};

}  // namespace

RAVINE_LANDSCAPE(griewank)
