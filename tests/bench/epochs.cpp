#include "trials.hpp"

#include <benchmark/benchmark.h>

// An epoch of training on drawn digits, as many as MNIST's: batches drawn, gradients and steps taken.
namespace ravine::bench {
namespace {

void epoch_of(benchmark::State& state, const std::string& model, const settings& with) {
  static const dataset digits = training_images("digits");
  const trial_spec spec = one_epoch(model, with, "adam", {});
  for ([[maybe_unused]] auto each : state) benchmark::DoNotOptimize(completed(spec, &digits));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(digits.train.size()));
}

using units = std::vector<std::int64_t>;
BENCHMARK_CAPTURE(epoch_of, softmax, "softmax", {})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(epoch_of, mlp_128, "mlp", {{"hidden", units{128}}})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(epoch_of, mlp_512_256, "mlp", {{"hidden", units{512, 256}}})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(epoch_of, cnn, "cnn", {})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(epoch_of, rnn, "rnn", {})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(epoch_of, transformer, "transformer", {})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ravine::bench
