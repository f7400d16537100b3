#pragma once

#include "compare/bootstrap.hpp"
#include "compare/pairing.hpp"
#include "compare/sensitivity.hpp"
#include "compare/time_to_target.hpp"
#include "core/settings.hpp"
#include "trial/plan.hpp"
#include "trial/trial_result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// The final values of one metric over the repetitions of a line, or over its studies.
struct score_summary {
  std::string metric;
  std::vector<double> values;  ///< see amounts_of; the worst score where a trial did not succeed
  double median = 0;
  double mean = 0;
  double standard_deviation = 0;
  interval median_interval;  ///< 95 %, bootstrap; unknown for fewer than 5 values, as the next one
  /// Median of the best values at any evaluation; NaN for test metrics, by which none is chosen.
  double best = 0;
  double interquartile_mean = 0;
  interval interquartile_mean_interval;  ///< 95 %, bootstrap
};

/// A trial that did not end well.
struct failure {
  std::uint64_t repetition = 0;  ///< 0-based
  trial_status status = trial_status::failed;
  std::string reason;
};

/// One optimizer at one search point on one problem.
struct configuration_summary {
  std::string optimizer;
  settings point;
  std::map<std::string, double> shares;  ///< of what was drawn, see planned_trial
  trial_role role = trial_role::result;
  std::vector<settings> studies = {};  ///< see trial_group
  std::size_t repetitions = 0;         ///< that ended by themselves
  std::size_t interrupted = 0;         ///< that did not, and count for nothing
  std::map<trial_status, std::size_t> statuses;
  std::vector<failure> failures;
  std::vector<score_summary> scores;      ///< in the order of the problem's metrics
  std::optional<time_to_target> times;    ///< if there was a target
  double parameters = 0;                  ///< of the model; the dimension of a landscape
  double seconds = 0;                     ///< median training time of a trial
  double optimizer_seconds_per_step = 0;  ///< median
  double state_bytes_per_parameter = 0;
  double scratch_bytes_per_parameter = 0;  ///< room to work in, which is no state

  /// Independent measurements: studies, or repetitions.
  std::size_t measurements() const { return studies.empty() ? repetitions : studies.size(); }

  /// "adam lr=0.1".
  std::string name() const;
};

/// Score of an optimizer against the value of one of its hyperparameters.
struct sensitivity_summary {
  std::string optimizer;
  std::string hyperparameter;
  std::string metric;
  std::vector<double> values;   ///< ascending
  std::vector<double> scores;   ///< median, of the best point with that value
  tolerance_range range;        ///< within 5 % of the best
  std::optional<double> share;  ///< of the range that the best line's value was drawn from; see planned_trial
};

/// How sure the choice among the search points of an optimizer is, by the search repetitions.
struct choice_summary {
  std::string optimizer;
  std::string metric;            ///< the problem's selection metric
  settings point;                ///< that was chosen
  std::size_t repetitions = 0;   ///< search repetitions of that point
  std::size_t others = 0;        ///< points that were run to their end, without it
  std::size_t within_noise = 0;  ///< of these, that a paired t-test at 5 % does not find to be worse
};

/// Expected best score of an optimizer against the number of search points that may be tried.
struct budget_summary {
  std::string optimizer;
  std::string metric;
  std::vector<double> expected_best;  ///< for 1, 2, … points
};

struct problem_summary {
  std::string problem;
  std::string target_metric;  ///< empty without a target
  double target_value = 0;
  std::vector<double> targets;       ///< all of them, easiest first; the last is target_value
  std::vector<std::string> metrics;  ///< most telling first; none if nothing was ever measured
  std::string selection_metric;      ///< what search points are chosen by
  std::vector<configuration_summary> configurations;
  std::vector<std::size_t> chosen;  ///< the line of each optimizer, in order: its best search point
  /// By metric, and by "epochs", "evaluations" and "seconds" to the target: see find_leaders.
  std::map<std::string, std::size_t> leaders;
  std::vector<sensitivity_summary> sensitivities;
  std::vector<choice_summary> choices;  ///< of optimizers that were tuned with several search repetitions
  std::vector<budget_summary> tuning_budgets;
  /// The chosen lines against the baseline's, if there is one, by the first metric.
  std::vector<paired_summary> paired;
  /// The same by each further metric. They are outside the family of tests: their adjusted p-values are NaN.
  std::vector<paired_summary> paired_further = {};
  std::vector<std::string> warnings;

  /// The best search point of that optimizer; null if it was not run on this problem.
  const configuration_summary* chosen_line(std::string_view of_optimizer) const;
};

/// How often an optimizer is nearly the fastest.
struct profile_summary {
  std::string optimizer;
  /// Expected time to the target as a multiple of the best, on each problem: in epochs, or evaluations on
  /// landscapes. Infinite where the target was never reached.
  std::vector<double> ratios;
  std::vector<interval> bands = {};  ///< 95 %, of the share within each of profile_taus
};

/// Where an optimizer stands over all problems, see add_mean_ranks.
struct rank_summary {
  std::string optimizer;
  std::vector<double> ranks = {};  ///< on each problem: 1 is the best
  double mean = 0;
  interval range = {};  ///< 95 %, of the mean
};

/// A distribution function that rises by one `count`-th at each value solved.
struct step_distribution {
  std::vector<double> solved;  ///< ascending, finite
  std::size_t count = 0;       ///< with what was never solved
};

struct runtime_line {
  std::string optimizer;
  /// Runtime distribution: of all pairs of a trial and a target, the cost until the trial met it.
  step_distribution runtimes;
  /// Data profile: of all pairs of a landscape and a target, the expected evaluations over dimension + 1.
  /// Without any for problems with data.
  step_distribution simplex_gradients;
};

/// Problems whose costs are counted in one unit.
struct runtime_summary {
  std::string unit;  ///< epochs or evaluations
  std::vector<std::string> problems;
  std::vector<std::size_t> targets;  ///< how many each problem has
  std::vector<runtime_line> lines;
};

/// An experiment of which some trials have no result: they were not run yet, or interrupted.
struct unfinished_experiment {
  std::string name;
  std::uint64_t planned = 0;  ///< trials
  std::uint64_t missing = 0;  ///< of these
};

struct comparison {
  std::vector<problem_summary> problems;
  std::string baseline;  ///< label of the optimizer that the others are compared with; empty: none
  std::vector<std::string> profile_problems;      ///< problems with a target
  std::vector<profile_summary> profile;           ///< of the optimizers that were run on all of those
  std::vector<double> profile_taus;               ///< ascending from 1; none where no band is known
  std::vector<rank_summary> ranks;                ///< over all problems, of the optimizers run on each
  std::vector<runtime_summary> runtimes;          ///< see runtime_profiles
  std::vector<unfinished_experiment> unfinished;  ///< of those that the trials belong to
  std::vector<std::string> warnings;              ///< that concern no single problem
  std::size_t tests = 0;  ///< against the baseline, that Holm's correction counts, shown or not
};

}  // namespace ravine
