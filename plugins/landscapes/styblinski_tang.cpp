#include <ravine/landscape.hpp>

namespace {

class styblinski_tang {
 public:
  static constexpr ravine::about about{"styblinski_tang", "Two minima in each dimension, one of them deeper",
                                       "Styblinski & Tang 1990, doi:10.1016/0893-6080(90)90029-K",
                                       "f(x) = 1/2 sum over i of x[i]^4 - 16 x[i]^2 + 5 x[i]"};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::integer("n", 2).at_least(1).at_most(1e6).doc("dimensions"));

  explicit styblinski_tang(ravine::config<styblinski_tang> c) : n_(c.count("n")) {}

  ravine::landscape_facts facts() const {
    return ravine::same_in_each_dimension(n_, {.lower = -5,
                                               .upper = 5,
                                               .start = {4, -4},
                                               .minimum_at = -2.903534027771177,
                                               .minimum = -39.16616570377141 * double(n_)});
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    T f = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      const T square = x[i] * x[i];
      f += (square * (square - 16) + 5 * x[i]) / 2;
      g[i] = 2 * x[i] * (square - 8) + T(2.5);
    }
    return f;
  }

 private:
  std::size_t n_;
};

}  // namespace

RAVINE_LANDSCAPE(styblinski_tang)
