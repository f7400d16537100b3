#pragma once

#include "trial/halving.hpp"
#include "trial/trial_spec.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// What a trial is run for.
enum class trial_role {
  result,  ///< one of the repetitions that are compared
  search   ///< a point that tuning tries
};

/// A trial and the hash of its content, by which stored results are found again.
struct planned_trial {
  trial_spec spec;
  std::string hash;
  trial_role role = trial_role::result;
  /// Where in its range each value lies that was drawn from one: 0 at the low end, 1 at the high end, on the
  /// range's own scale. Values of lists are not in it.
  std::map<std::string, double> shares = {};
};

/// The repetition whose randomness tuning uses: no result shares its start or its batches with the search.
inline constexpr std::uint64_t search_repetition = std::uint64_t{1} << 32U;

/// A manifest worked out: every trial, in the order problem, optimizer, search point, repetition.
struct plan {
  std::string name;
  std::string manifest;  ///< the text as it was read, after --set
  std::uint64_t seed = 1;
  std::uint64_t repetitions = 1;
  std::vector<planned_trial> trials;  ///< without those whose hyperparameters tuning has yet to choose
  std::string tuning_metric;          ///< by which search trials with data are judged; empty without tuning
  /// How the search is cut short: its trials are those up to the first rung then, see run/halving.
  std::optional<halving> stop_early;
};

}  // namespace ravine
