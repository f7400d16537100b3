#include "trials.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include <ensmallen.hpp>
#include <fmt/format.h>

// The same descents with Ravine's plugins and with ensmallen, in turns, on one thread: processor seconds of a
// step, and where both arrive. Ravine's loop also checks for numbers that are not finite, counts costs and
// reads the clock; ensmallen is compiled together with its function.
namespace ravine::bench {
namespace {

/// The sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2 (Rosenbrock 1960), in the form that ensmallen asks for.
class rosenbrock {
 public:
  explicit rosenbrock(std::size_t dimension) : dimension_(dimension) {}

  static std::size_t NumFunctions() { return 1; }
  static void Shuffle() {}
  double Evaluate(const arma::mat& x, std::size_t, std::size_t) const { return sum(x.memptr(), nullptr); }
  void Gradient(const arma::mat& x, std::size_t, arma::mat& gradient, std::size_t) const {
    gradient.zeros(x.n_rows, x.n_cols);
    sum(x.memptr(), gradient.memptr());
  }
  double EvaluateWithGradient(const arma::mat& x, std::size_t, arma::mat& gradient, std::size_t) const {
    gradient.zeros(x.n_rows, x.n_cols);
    return sum(x.memptr(), gradient.memptr());
  }

 private:
  double sum(const double* x, double* gradient) const {
    double loss = 0;
    for (std::size_t i = 0; i + 1 < dimension_; ++i) {
      const double valley = x[i + 1] - x[i] * x[i];
      const double slope = 1 - x[i];
      loss += 100 * valley * valley + slope * slope;
      if (gradient == nullptr) continue;
      gradient[i] += -400 * x[i] * valley - 2 * slope;
      gradient[i + 1] += 200 * valley;
    }
    return loss;
  }

  std::size_t dimension_;
};

struct task {
  const char* optimizer;
  settings with;
  std::size_t dimension;
  std::size_t steps;
};

double with_ravine(const task& given) {
  trial_spec spec;
  spec.problem.model = {"rosenbrock", {{"n", static_cast<std::int64_t>(given.dimension)}}, ""};
  spec.problem.type = dtype::f64;
  spec.problem.start = std::vector<double>(given.dimension, -0.5);
  spec.optimizer.optimizer = {given.optimizer, given.with, ""};
  spec.train.budget = {static_cast<double>(given.steps), cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  return completed(spec, nullptr).evaluations.back().metrics.at("loss");
}

double with_ensmallen(const task& given) {
  constexpr double never = -1;  // the change of the loss at which it would stop
  const double lr = std::get<double>(given.with.at("lr"));
  rosenbrock function(given.dimension);
  arma::mat x(given.dimension, 1);
  x.fill(-0.5);
  const std::string name = given.optimizer;
  if (name == "sgd") {
    ens::StandardSGD(lr, 1, given.steps, never, false).Optimize(function, x);
  } else if (name == "momentum") {
    ens::MomentumSGD(lr, 1, given.steps, never, false, ens::MomentumUpdate(0.9)).Optimize(function, x);
  } else if (name == "rmsprop") {
    ens::RMSProp(lr, 1, 0.99, 1e-8, given.steps, never, false).Optimize(function, x);
  } else {
    ens::Adam(lr, 1, 0.9, 0.999, 1e-8, given.steps, never, false).Optimize(function, x);
  }
  return function.Evaluate(x, 0, 1);
}

/// Of this thread, so that others on a busy machine do not count.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void compare(const task& given) {
  constexpr std::size_t turns = 7;
  const std::array<std::function<double(const task&)>, 2> sides{with_ravine, with_ensmallen};
  std::array<std::vector<double>, 2> seconds;
  std::array<double, 2> losses{};
  for (std::size_t turn = 0; turn < 2 * turns; ++turn) {
    const std::size_t side = turn % 2;
    const double began = processor_seconds();
    losses.at(side) = sides.at(side)(given);
    seconds.at(side).push_back((processor_seconds() - began) / static_cast<double>(given.steps));
  }
  std::array<double, 2> medians{};
  for (const std::size_t side : {0U, 1U}) {
    std::ranges::nth_element(seconds.at(side), seconds.at(side).begin() + turns / 2);
    medians.at(side) = seconds.at(side)[turns / 2] * 1e9;
  }
  fmt::print("{:<10} {:>9} {:>9} {:>12.1f} {:>12.1f} {:>7.2f} {:>12.6g} {:>12.6g}\n", given.optimizer,
             given.dimension, given.steps, medians[0], medians[1], medians[0] / medians[1], losses[0],
             losses[1]);
}

}  // namespace
}  // namespace ravine::bench

int main() {
  using ravine::settings;
  using ravine::bench::compare;
  const struct {
    const char* optimizer;
    settings with;
  } all[] = {{"sgd", {{"lr", 1e-4}}},
             {"momentum", {{"lr", 1e-4}}},
             {"rmsprop", {{"lr", 1e-4}, {"beta", 0.99}, {"eps_outside", true}}},
             {"adam", {{"lr", 1e-4}}}};
  fmt::print("{:<10} {:>9} {:>9} {:>12} {:>12} {:>7} {:>12} {:>12}\n", "rosenbrock", "dimension", "steps",
             "Ravine ns", "ensmallen ns", "ratio", "Ravine loss", "and theirs");
  for (const auto& [optimizer, with] : all) {
    compare({optimizer, with, 2, 200'000});
    compare({optimizer, with, 1'000, 20'000});
    compare({optimizer, with, 100'000, 500});
  }
}
