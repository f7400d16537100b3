#include "train/trial.hpp"

#include "train/openblas.hpp"
#include "train/trial_run.hpp"

#include <cmath>
#include <limits>
#include <new>

#include <fmt/format.h>

namespace ravine {
namespace {

template <class T>
void run_as(const trial_spec& spec, const registry& plugins, const dataset* data, trial_observer& observer,
            path_recording recording, std::span<const std::byte> checkpoint, trial_result& result) {
  trial_run<T> run(spec, plugins, data, observer, recording, result);
  use_blas_threads(spec.threads);  // now that every plugin of the trial has been loaded
  run.run(checkpoint);
}

}  // namespace

trial_result run_trial(const trial_spec& spec, const registry& plugins, const dataset* data,
                       trial_observer& observer, path_recording recording,
                       std::span<const std::byte> checkpoint) {
  trial_result result;
  const auto end_as = [&](trial_status status, std::string reason) {
    result.status = status;
    result.reason = std::move(reason);
  };
  try {
    (spec.problem.type == dtype::f32 ? run_as<float> : run_as<double>)(spec, plugins, data, observer,
                                                                       recording, checkpoint, result);
  } catch (const plugin_out_of_memory& problem) {
    end_as(trial_status::out_of_memory, problem.what());
  } catch (const plugin_error& problem) {
    end_as(trial_status::failed, problem.what());
  } catch (const std::bad_alloc&) {
    end_as(trial_status::out_of_memory, "not enough memory for parameters, gradients, state or batches");
  }
  return result;
}

}  // namespace ravine
