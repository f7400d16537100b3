#pragma once

#include "trial/trial_spec.hpp"

#include <cstdint>
#include <map>
#include <string>

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

/// The first of the repetitions whose randomness tuning uses: no result shares its start or its batches with
/// the search.
inline constexpr std::uint64_t search_repetition = std::uint64_t{1} << 32U;

/// The repetition as it is told to people: "repetition 3", or "search repetition 1" for one of tuning's.
std::string repetition_name(std::uint64_t repetition);

}  // namespace ravine
