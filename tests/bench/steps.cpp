#include "plugin/memory.hpp"
#include "train/rule.hpp"
#include "trials.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

// What a step costs around the arithmetic: on a landscape of two dimensions the training loop, two calls
// through the ABI and the clock; and the groups that a million parameters are divided into.
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

/// 200 tensors of 5,000 parameters, dealt out to groups in turn, so that no two neighbours are in one.
void grouped_step(benchmark::State& state, const std::string& optimizer) {
  const auto groups = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t tensors = 200, elements = 5000;
  parameter_layout layout(RV_F32);
  for (std::size_t i = 0; i < tensors; ++i) {
    layout.add(fmt::format("{}.tensor{}", i % groups, i), RV_ROLE_WEIGHT, {elements});
  }
  optimizer_spec spec;
  spec.optimizer.use = optimizer;
  for (std::size_t i = 1; i < groups; ++i) {
    optimizer_spec group;
    group.optimizer.use = optimizer;
    group.selects.name = fmt::format("{}.*", i);
    spec.groups.push_back(group);
  }
  const std::unique_ptr<rule> works =
      make_rule(spec, {.plugins = plugins(), .layout = layout, .planned = {}});
  aligned_array params(RV_F32, layout.size(), "the parameters"),
      grads(RV_F32, layout.size(), "the gradients");
  std::ranges::fill(grads.as<float>(), 1e-3F);
  rv_step step{};
  step.struct_size = sizeof step;
  step.n = layout.size();
  step.params = params.data();
  works->init_state(step);
  step.grads = grads.data();
  for ([[maybe_unused]] auto each : state) {
    works->begin_step(++step.step);
    works->step(step);
  }
}

BENCHMARK_CAPTURE(grouped_step, adam, "adam")
    ->Arg(1)
    ->Arg(2)
    ->Arg(10)
    ->Arg(100)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(grouped_step, lamb, "lamb")
    ->Arg(1)
    ->Arg(2)
    ->Arg(10)
    ->Arg(100)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ravine::bench
