#include "cma_strategy.hpp"

#include <ravine/linear_algebra.hpp>
#include <ravine/optimizer.hpp>
#include <ravine/random.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

struct cma_es {
  static constexpr ravine::about about{
      "cma_es", "Evolution strategy with covariance matrix adaptation, without gradients",
      "Hansen 2016, arXiv:1604.00772",
      "x_k = m + sigma y_k, y_k ~ N(0, C), k = 1 ... population; m moves to the weighted mean of the\n"
      "better half, and C and sigma adapt: rank one, rank mu with negative weights, cumulative step\n"
      "lengths, all as in table 1 of the tutorial (revised 2023). A step is one generation. The step's\n"
      "own loss and gradient are not wanted and cost nothing, but within a wrapper, where they count. m is\n"
      "the parameters, and not evaluated. Measured is the best point so far, which pycma reports, or m, the\n"
      "better one where losses are noisy, as on batches. y = sqrt(C) z with the symmetric root: the same\n"
      "distribution as pycma's B D z. The root is renewed every 1 / (10 n (c_1 + c_mu)) steps, its axes at\n"
      "least 1.5e-8 of the longest. No restarts, bounds or stopping rules. At most 5,000 parameters."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("sigma", 0.5)
          .above(0)
          .log()
          .search(0.01, 10)
          .fixed()
          .doc("first standard deviation: about a third of the width that is worth searching"),
      ravine::integer("population", 0)
          .at_least(0)
          .at_most(100000)
          .doc("points a step, at least 2; 0: 4 + 3 ln n"),
      ravine::choice("evaluate", {"best", "mean"}).doc("what is measured: the best point so far, or m"));
  static constexpr bool closure = true, no_gradient = true;

  explicit cma_es(ravine::config<cma_es> c)
      : population_(c.count("population")), measures_best_(c.choice("evaluate") == "best") {
    if (population_ == 1) throw ravine::bad_config("population: found 1, expected 0 or at least 2");
  }

  void state(ravine::state_list& list) const {
    const std::size_t n = list.parameters();
    list.limit_parameters(5000, "keeps matrices of all parameters by all");
    for (const char* matrix : {"covariance", "root"}) list.doubles(matrix, n * n);
    for (const char* path : {"path", "sigma_path"}) list.doubles(path, n);
    for (const char* number : {"sigma", "best_loss"}) list.doubles(number, 1);
    list.per_parameter("best");
  }

  template <class T>
  void init(ravine::step<T, cma_es> s) const {
    const std::size_t n = s.params().size();
    for (const char* matrix : {"covariance", "root"}) {
      for (std::size_t i = 0; i < n; ++i) s.doubles(matrix)[i * n + i] = 1;
    }
    s.doubles("sigma")[0] = s["sigma"];
    s.doubles("best_loss")[0] = HUGE_VAL;
    std::ranges::copy(s.params(), s.state("best").begin());
  }

  template <class T>
  bool evaluation_point(ravine::step<T, cma_es> s, std::span<T> point) const {
    if (measures_best_) std::ranges::copy(s.state("best"), point.begin());
    return measures_best_;
  }

  template <class T>
  void step(ravine::step<T, cma_es> s) const {
    const std::size_t n = s.params().size();
    const ravine::cma_strategy by(double(n),
                                  population_ != 0 ? population_ : 4 + std::size_t(3 * std::log(double(n))));
    const std::span<double> p_c = s.doubles("path"), p_sigma = s.doubles("sigma_path");
    double& sigma = s.doubles("sigma")[0];
    std::vector<double> z(by.w.size() * n), y(z.size());  // a row for each point
    ravine::random_stream random(s.seed());
    for (double& each : z) each = random.normal(0, 1);
    ravine::multiply<double>(ravine::matrix(std::span(z), n), ravine::matrix(s.doubles("root"), n), y);
    const std::vector<std::size_t> order = ranked(s, y);
    const std::vector<double> move = by.mean(y, order, n), still(n);
    by.follow(p_sigma, by.c_sigma, by.mean(z, order, n));  // C^-1/2 times the move
    const double length = ravine::norm(p_sigma) / by.chi;
    const double settled = std::sqrt(1 - std::pow(1 - by.c_sigma, 2 * s.t()));
    const bool stalls = length >= (1.4 + 2 / (double(n) + 1)) * settled;
    by.follow(p_c, by.c_c, stalls ? still : move);
    by.adapt(s.doubles("covariance"), y, z, order, p_c, by.c_1 * (stalls ? 1 - by.c_c * (2 - by.c_c) : 1));
    for (std::size_t i = 0; i < n; ++i) s.params()[i] += T(sigma * move[i]);
    sigma *= std::exp(by.c_sigma / by.d_sigma * (length - 1));
    if (std::fmod(s.t(), by.renewal) == 0) {
      ravine::square_root<double>(s.doubles("covariance"), s.doubles("root"));
    }
  }

 private:
  /// The rows of y from the lowest loss at m + sigma y to the highest. Remembers the best point.
  template <class T>
  static std::vector<std::size_t> ranked(const ravine::step<T, cma_es>& s, const std::vector<double>& y) {
    const std::size_t n = s.params().size();
    std::vector<double> losses(y.size() / n);
    std::vector<T> x(n);
    for (std::size_t k = 0; k < losses.size(); ++k) {
      for (std::size_t i = 0; i < n; ++i) x[i] = T(s.params()[i] + s.doubles("sigma")[0] * y[k * n + i]);
      losses[k] = s.evaluate(x, {});
      if (std::isnan(losses[k])) losses[k] = HUGE_VAL;
      if (losses[k] >= s.doubles("best_loss")[0]) continue;
      s.doubles("best_loss")[0] = losses[k];
      std::ranges::copy(x, s.state("best").begin());
    }
    return ravine::ascending(losses);
  }

  std::size_t population_;
  bool measures_best_;
};

}  // namespace

RAVINE_OPTIMIZER(cma_es)
