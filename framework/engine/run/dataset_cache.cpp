#include "run/dataset_cache.hpp"

#include "data/data_error.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace ravine {

void dataset_cache::load(std::span<const planned_trial> trials) {
  for (const planned_trial& trial : trials) of(trial.spec);
}

const dataset* dataset_cache::of(const trial_spec& spec) {
  return spec.problem.data ? &of(*spec.problem.data) : nullptr;
}

const dataset& dataset_cache::of(const data_request& request) {
  const auto is_wanted = [&](const auto& each) {
    return each.first.use == request.use && each.first.with == request.with;
  };
  auto found = std::ranges::find_if(loaded_, is_wanted);
  if (found == loaded_.end()) {
    loaded_.emplace_back(request, load_dataset(request));
    found = std::prev(loaded_.end());
  }
  const dataset& data = found->second;
  if (!request.sha256.empty() && request.sha256 != data.fingerprint) {
    throw data_error(
        fmt::format("{}: the data have changed since the trials were planned: their SHA-256 is {}, expected "
                    "{}; run again",
                    request.use, data.fingerprint, request.sha256));
  }
  return data;
}

}  // namespace ravine
