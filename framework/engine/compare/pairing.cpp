#include "compare/pairing.hpp"

#include "compare/holm.hpp"
#include "compare/paired_difference.hpp"
#include "compare/score.hpp"
#include "compare/summary.hpp"
#include "compare/wilcoxon.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace ravine {
namespace {

using scores_by_repetition = std::map<std::pair<std::uint64_t, std::uint64_t>, double>;

scores_by_repetition scores_of(const trial_group& line, const std::string& metric) {
  scores_by_repetition scores;
  for (const repetition& each : line.repetitions) {
    const trial_result& result = each.trial->result;
    if (result.status == trial_status::interrupted) continue;
    scores[{each.seed, each.number}] = final_score(result, metric);
  }
  return scores;
}

/// On a rotated or shifted landscape, methods that see neither differ by rounding alone, relative to the
/// score.
constexpr double rounding = 1e-9;

bool all_alike(const std::vector<double>& scores) {
  if (scores.size() < 2) return false;
  const auto [least, most] = std::ranges::minmax(scores);
  return least == most || most - least <= rounding * std::max(std::abs(least), std::abs(most));
}

}  // namespace

paired_summary pair_with(const trial_group& line, const trial_group& baseline, const std::string& metric) {
  const scores_by_repetition ours = scores_of(line, metric);
  const scores_by_repetition theirs = scores_of(baseline, metric);
  std::vector<double> first;
  std::vector<double> second;
  for (const auto& [repetition, score] : ours) {
    const auto partner = theirs.find(repetition);
    if (partner == theirs.end()) continue;
    first.push_back(score);
    second.push_back(partner->second);
  }
  paired_summary pair;
  pair.optimizer = line.optimizer;
  pair.metric = metric;
  pair.differences = paired_differences(first, second);
  pair.mean_difference = mean(pair.differences);
  pair.difference = signed_rank_location(pair.differences);
  pair.probability_better =
      probability_better(pair.differences, higher_is_better(metric) ? better::positive : better::negative);
  pair.repetitions_alike = all_alike(first) && all_alike(second);
  pair.p_value = pair.repetitions_alike ? std::numeric_limits<double>::quiet_NaN()
                                        : wilcoxon_signed_rank(pair.differences).p_value;
  pair.adjusted_p_value = pair.p_value;
  return pair;
}

void adjust_for_family(std::span<paired_summary> pairs) {
  std::vector<double> p_values;
  for (const paired_summary& each : pairs) p_values.push_back(each.p_value);
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].adjusted_p_value = adjusted[i];
}

}  // namespace ravine
