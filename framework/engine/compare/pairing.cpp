#include "compare/pairing.hpp"

#include "compare/holm.hpp"
#include "compare/power.hpp"
#include "compare/score.hpp"
#include "compare/summary.hpp"
#include "compare/wilcoxon.hpp"
#include "trial/planned_trial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace ravine {
namespace {

/// By seed, and repetition or study.
using independent_amounts = std::map<std::pair<std::uint64_t, std::uint64_t>, double>;

independent_amounts independent_amounts_of(const trial_group& line, const trial_amount& amount) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<double>> all;
  for (const repetition& each : line.repetitions) {
    const trial_result& result = each.trial->result;
    if (result.status == trial_status::interrupted) continue;
    all[{each.seed, line.studies.empty() ? each.number : study_of(each.number)}].push_back(amount(result));
  }
  independent_amounts amounts;
  for (const auto& [place, values] : all) amounts[place] = values.size() == 1 ? values[0] : median(values);
  return amounts;
}

/// On a rotated or shifted landscape, methods that see neither differ by rounding alone, relative to the
/// score.
constexpr double rounding = 1e-9;

bool all_alike(const std::vector<double>& scores) {
  if (scores.size() < 2) return false;
  const auto [least, most] = std::ranges::minmax(scores);
  return least == most || most - least <= rounding * std::max(std::abs(least), std::abs(most));
}

/// What the pairs have in common, and what that saves.
void measure_pairing(const score_pairs& pairs, paired_summary& pair) {
  pair.correlation = correlation(pairs.first, pairs.second);
  pair.deviation = standard_deviation(pair.differences);
  pair.unpaired_deviation = std::hypot(standard_deviation(pairs.first), standard_deviation(pairs.second));
  pair.pairs_needed = pairs_for_power(pair.mean_difference, pair.deviation);
  pair.unpaired_needed = repetitions_for_power(pair.mean_difference, pair.unpaired_deviation);
}

}  // namespace

std::vector<double> amounts_of(const trial_group& line, const trial_amount& amount) {
  std::vector<double> amounts;
  for (const auto& [place, value] : independent_amounts_of(line, amount)) amounts.push_back(value);
  return amounts;
}

score_pairs pair_amounts(const trial_group& first, const trial_group& second, const trial_amount& amount) {
  // The numbers of repetitions and of studies have nothing in common.
  if (first.studies.empty() != second.studies.empty()) return {};
  const independent_amounts partners = independent_amounts_of(second, amount);
  score_pairs pairs;
  for (const auto& [repetition, value] : independent_amounts_of(first, amount)) {
    const auto partner = partners.find(repetition);
    if (partner == partners.end()) continue;
    pairs.first.push_back(value);
    pairs.second.push_back(partner->second);
  }
  return pairs;
}

bool repetitions_alike(const score_pairs& pairs) { return all_alike(pairs.first) && all_alike(pairs.second); }

paired_summary pair_with(const trial_group& line, const trial_group& baseline, const std::string& metric) {
  const score_pairs pairs =
      pair_amounts(line, baseline, [&](const trial_result& result) { return final_score(result, metric); });
  paired_summary pair;
  pair.optimizer = line.optimizer;
  pair.metric = metric;
  pair.differences = paired_differences(pairs.first, pairs.second);
  pair.mean_difference = mean(pair.differences);
  pair.difference = signed_rank_location(pair.differences);
  pair.probability_better =
      probability_better(pair.differences, higher_is_better(metric) ? better::positive : better::negative);
  pair.repetitions_alike = repetitions_alike(pairs);
  measure_pairing(pairs, pair);
  if (pair.repetitions_alike) {
    pair.difference = {.estimate = pair.difference.estimate, .range = {}};
    pair.correlation = pair.pairs_needed = pair.unpaired_needed = std::numeric_limits<double>::quiet_NaN();
  }
  pair.p_value = pair.repetitions_alike || pairs.first.empty()
                     ? std::numeric_limits<double>::quiet_NaN()
                     : wilcoxon_signed_rank(pair.differences).p_value;
  pair.adjusted_p_value = pair.p_value;
  return pair;
}

std::size_t adjust_for_family(std::span<paired_summary> pairs, std::span<const paired_test> family) {
  std::vector<double> p_values;
  for (const paired_summary& each : pairs) p_values.push_back(each.p_value);
  for (const paired_test& test : family) {
    const bool shown = std::ranges::any_of(pairs, [&](const paired_summary& pair) {
      return pair.problem == test.problem && pair.optimizer == test.optimizer;
    });
    if (!shown) p_values.push_back(test.p_value);
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].adjusted_p_value = adjusted[i];
  return static_cast<std::size_t>(
      std::ranges::count_if(adjusted, [](double p_value) { return !std::isnan(p_value); }));
}

}  // namespace ravine
