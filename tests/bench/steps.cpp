#include "trials.hpp"

#include <string>

#include <benchmark/benchmark.h>

// What a step on a landscape of two dimensions costs: the training loop, two calls through the ABI and the
// clock, whatever the arithmetic.
namespace ravine::bench {
namespace {

void step_on_rosenbrock(benchmark::State& state, const std::string& optimizer, const settings& with) {
  constexpr double steps = 200'000;
  trial_spec spec;
  spec.problem.model = {"rosenbrock", {}, ""};
  spec.problem.type = dtype::f64;
  spec.optimizer.optimizer = {optimizer, with, ""};
  spec.train.budget = {steps, cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  for ([[maybe_unused]] auto each : state) benchmark::DoNotOptimize(completed(spec, nullptr));
  state.counters["step"] = benchmark::Counter(static_cast<double>(state.iterations()) * steps,
                                              benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(step_on_rosenbrock, adam, "adam", {{"lr", 1e-3}})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(step_on_rosenbrock, sgd, "sgd", {{"lr", 1e-4}})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ravine::bench
