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

/// Independent repetitions of the whole tuning: each tries points of its own, with randomness of its own, and
/// so have the results of what it chooses. The numbers of their repetitions lie so far apart.
inline constexpr std::uint64_t study_stride = std::uint64_t{1} << 24U;
inline constexpr std::uint64_t most_studies = 100;  ///< all of them below search_repetition

/// The 0-based study that a repetition belongs to, of a search or of results.
constexpr std::uint64_t study_of(std::uint64_t repetition) {
  return repetition % search_repetition / study_stride;
}

/// The repetition as it is told to people: "repetition 3", or "search repetition 1" for one of tuning's;
/// after "study 2 · " from the second study on.
std::string repetition_name(std::uint64_t repetition);

}  // namespace ravine
