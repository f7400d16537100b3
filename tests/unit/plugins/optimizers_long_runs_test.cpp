#include "unit/plugins/optimizer_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

// NAdam and RAdam for 10,000 steps, and where one of their averages is short: under a steady gradient both
// moments are known, and what is left is the formulas of the papers, with the corrections that their steps
// count.
namespace ravine {
namespace {

using testing::driven_optimizer;

constexpr int steps = 10'000;
constexpr double gradient = 2, lr = 0.5;

template <class T>
struct long_runs : testing::optimizer_numbers<T> {
  /// How far a step goes from 0, step by step, beside what theory(t) expects. An average of weight beta
  /// forgets a rounding after about 1 / (1 - beta) steps.
  template <class Theory>
  void expect_steps(const char* id, double beta1, double beta2, Theory theory) {
    driven_optimizer<T> optimizer(this->find(id),
                                  {{"lr", lr}, {"beta1", beta1}, {"beta2", beta2}, {"eps", 0.0}}, {0});
    const double tolerance =
        4 * static_cast<double>(std::numeric_limits<T>::epsilon()) / (1 - std::max(beta1, beta2));
    for (int t = 1; t <= steps; ++t) {
      optimizer.params()[0] = 0;
      optimizer.step({T(gradient)});
      const double expected = -lr * theory(t);
      ASSERT_NEAR(optimizer.param(), expected, tolerance * std::abs(expected)) << "step " << t;
    }
  }

  /// Liu et al. 2019, algorithm 2, with PyTorch's threshold of 5: the average of the gradients while the
  /// variance of their squares is unbounded, and then rectified.
  void expect_radam(double beta1, double beta2) {
    expect_steps("radam", beta1, beta2, [=](int t) {
      const double longest = 2 / (1 - beta2) - 1, power = std::pow(beta2, t);
      const double length = longest - 2 * t * power / (1 - power);
      if (length <= 5) return gradient;
      return std::sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
    });
  }

  /// Dozat 2016, as PyTorch documents it, where m is (1 - beta1^t) g.
  void expect_nadam(double beta1, double beta2) {
    double product = 1;
    expect_steps("nadam", beta1, beta2, [=](int t) mutable {
      const auto mu = [=](int step) { return beta1 * (1 - 0.5 * std::pow(0.96, step * 0.004)); };
      product *= mu(t);
      return mu(t + 1) * (1 - std::pow(beta1, t)) / (1 - product * mu(t + 1)) + (1 - mu(t)) / (1 - product);
    });
  }
};

TYPED_TEST_SUITE(long_runs, testing::element_types);

TYPED_TEST(long_runs, of_radam_follow_its_paper) { this->expect_radam(0.9, 0.999); }
TYPED_TEST(long_runs, of_radam_never_rectify_a_short_average) { this->expect_radam(0.9, 0.6); }
TYPED_TEST(long_runs, of_radam_need_no_momentum) { this->expect_radam(0, 0.999); }
TYPED_TEST(long_runs, of_nadam_follow_its_paper) { this->expect_nadam(0.9, 0.999); }
TYPED_TEST(long_runs, of_nadam_do_with_a_short_average) { this->expect_nadam(0.9, 0.6); }
TYPED_TEST(long_runs, of_nadam_need_no_momentum) { this->expect_nadam(0, 0.999); }

}  // namespace
}  // namespace ravine
