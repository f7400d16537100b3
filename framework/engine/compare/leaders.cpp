#include "compare/leaders.hpp"

#include "compare/holm.hpp"
#include "compare/pairing.hpp"
#include "compare/score.hpp"
#include "compare/summary.hpp"
#include "compare/warnings.hpp"
#include "compare/wilcoxon.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace ravine {
namespace {

constexpr double level = 0.05;

/// What lines are ranked by.
struct quantity {
  std::string name;
  trial_amount amount;
  better sign = better::negative;
  /// A line that lost again what is measured leads in nothing of it.
  std::function<bool(const configuration_summary&)> is_eligible = [](const configuration_summary&) {
    return true;
  };
};

bool line_keeps_target(const configuration_summary& line) {
  return line.times && line.times->lost_later.empty();
}

/// The chosen line with the best median; nothing if there is only one, or one without results.
std::optional<std::size_t> best_line(const problem_group& group, const std::vector<std::size_t>& chosen,
                                     const quantity& of) {
  const double sign = of.sign == better::negative ? 1 : -1;
  std::optional<std::size_t> best;
  double least = std::numeric_limits<double>::infinity();
  for (const std::size_t line : chosen) {
    const double rank = sign * median(amounts_of(group.configurations[line], of.amount));
    if (rank < least) {
      least = rank;
      best = line;
    }
  }
  return chosen.size() < 2 ? std::nullopt : best;
}

/// p-value that the first is not better than the second, as far as its pairs tell; 1 where the median
/// difference is not on its side.
double p_value_of_lead(const trial_group& first, const trial_group& second, const quantity& of,
                       bool nothing_random) {
  const score_pairs pairs = pair_amounts(first, second, of.amount);
  const std::vector<double> differences = paired_differences(pairs.first, pairs.second);
  const double ahead = probability_better(differences, of.sign);
  if (!(ahead > 0.5)) return 1;
  if (repetitions_alike(pairs) || (nothing_random && of.name != "seconds")) return 0;
  return wilcoxon_signed_rank(differences).p_value;
}

bool leads(std::size_t best, const problem_group& group, const std::vector<std::size_t>& chosen,
           const quantity& of, bool nothing_random) {
  std::vector<double> p_values;
  for (const std::size_t line : chosen) {
    if (line == best) continue;
    p_values.push_back(
        p_value_of_lead(group.configurations[best], group.configurations[line], of, nothing_random));
  }
  return std::ranges::all_of(holm_adjusted(p_values), [](double p_value) { return p_value <= level; });
}

bool ran_side_by_side(const problem_group& group, const std::vector<std::size_t>& chosen) {
  return std::ranges::any_of(chosen, [&](std::size_t line) {
    const auto& repetitions = group.configurations[line].repetitions;
    return std::ranges::any_of(repetitions, [](const auto& each) { return each.trial->origin.jobs > 1; });
  });
}

trial_amount cost_to_target(const std::function<double(const cost&)>& unit) {
  return [unit](const trial_result& trial) {
    return trial.target_reached_at ? unit(*trial.target_reached_at) : std::numeric_limits<double>::infinity();
  };
}

/// Whether the trial ended within the hardest target.
bool ended_within_target(const trial_result& trial, const problem_summary& problem) {
  const auto value = final_value(trial, problem.target_metric);
  return value && ravine::meets(problem.target_metric, problem.target_value, *value);
}

/// The final score. The hardest target of a landscape says how closely its minimum is wanted: what lies below
/// is one score, the worst of those.
trial_amount final_amount(const std::string& metric, const problem_group& group,
                          const problem_summary& problem) {
  const auto score = [metric](const trial_result& trial) { return final_score(trial, metric); };
  if (!is_of_landscape(metric) || !is_of_landscape(problem.target_metric)) return score;
  double within = -std::numeric_limits<double>::infinity();
  for (const trial_group& line : group.configurations) {
    for (const repetition& each : line.repetitions) {
      const trial_result& trial = each.trial->result;
      if (ended_within_target(trial, problem)) within = std::max(within, score(trial));
    }
  }
  return [=, &problem](const trial_result& trial) {
    return ended_within_target(trial, problem) ? within : score(trial);
  };
}

std::vector<quantity> quantities(const problem_group& group, const problem_summary& problem) {
  std::vector<quantity> all;
  for (const std::string& metric : problem.metrics) {
    all.push_back({metric, final_amount(metric, group, problem),
                   higher_is_better(metric) ? better::positive : better::negative});
  }
  if (problem.target_metric.empty()) return all;
  const auto add = [&](const char* name, const std::function<double(const cost&)>& unit) {
    all.push_back({name, cost_to_target(unit), better::negative, line_keeps_target});
  };
  add("epochs", [](const cost& spent) { return spent.epochs; });
  add("evaluations", [](const cost& spent) { return static_cast<double>(spent.evaluations); });
  if (!ran_side_by_side(group, problem.chosen))
    add("seconds", [](const cost& spent) { return spent.seconds(); });
  return all;
}

}  // namespace

std::map<std::string, std::size_t> find_leaders(const problem_group& group, const problem_summary& problem) {
  const bool nothing_random = !repetitions_differ(group, problem);
  std::map<std::string, std::size_t> leaders;
  for (const quantity& each : quantities(group, problem)) {
    const auto best = best_line(group, problem.chosen, each);
    if (best && each.is_eligible(problem.configurations[*best]) &&
        leads(*best, group, problem.chosen, each, nothing_random))
      leaders[each.name] = *best;
  }
  return leaders;
}

}  // namespace ravine
