#include <ravine/landscape.hpp>

#include <cmath>
#include <vector>

namespace {

class ellipsoid {
 public:
  static constexpr ravine::about about{
      "ellipsoid", "The ravine: a bowl whose curvatures span a condition number",
      "Hansen & Ostermeier 2001, doi:10.1162/106365601750190398",
      "f(x) = sum over i of kappa^((i - 1) / (n - 1)) x[i]^2, i from 1\n"
      "Gradient descent converges for learning rates below 1 / kappa only, and takes about kappa steps."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("n", 2).at_least(1).at_most(1e6).doc("dimensions"),
      ravine::real("kappa", 1e6).at_least(1).fixed().log().search(1, 1e8).doc("condition number"));

  explicit ellipsoid(ravine::config<ellipsoid> c) {
    const auto n = c.count("n");
    for (std::size_t i = 0; i < n; ++i) {
      const double share = n == 1 ? 0 : double(i) / double(n - 1);
      curvatures_.push_back(std::pow(c["kappa"], share));
    }
  }

  ravine::landscape_facts facts() const {
    return ravine::same_in_each_dimension(
        curvatures_.size(), {.lower = -5, .upper = 5, .start = {-4, 3}, .minimum_at = 0, .minimum = 0});
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    T f = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const T slope = T(curvatures_[i]) * x[i];
      f += slope * x[i];
      g[i] = 2 * slope;
    }
    return f;
  }

 private:
  std::vector<double> curvatures_;
};

}  // namespace

RAVINE_LANDSCAPE(ellipsoid)
