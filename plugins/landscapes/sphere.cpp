#include <ravine/landscape.hpp>

namespace {

class sphere {
 public:
  static constexpr ravine::about about{"sphere", "The round bowl",
                                       "De Jong 1975, An analysis of the behavior of a class of genetic "
                                       "adaptive systems, University of Michigan",
                                       "f(x) = sum over i of x[i]^2"};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::integer("n", 2).at_least(1).at_most(1e6).doc("dimensions"));

  explicit sphere(ravine::config<sphere> c) : n_(c.count("n")) {}

  ravine::landscape_facts facts() const {
    return ravine::same_in_each_dimension(
        n_, {.lower = -5.12, .upper = 5.12, .start = {-4, 3}, .minimum_at = 0, .minimum = 0});
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    T f = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      f += x[i] * x[i];
      g[i] = 2 * x[i];
    }
    return f;
  }

 private:
  std::size_t n_;
};

}  // namespace

RAVINE_LANDSCAPE(sphere)
