#include "text/comparison_sections.hpp"

#include "compare/performance_profile.hpp"
#include "core/counted.hpp"
#include "text/number_text.hpp"
#include "text/target_sections.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine::cli {
namespace {

using table = std::vector<std::vector<std::string>>;
using lines_shown = std::vector<const configuration_summary*>;

constexpr std::array<std::pair<section, std::string_view>, 11> names{{{section::scores, "scores"},
                                                                      {section::intervals, "intervals"},
                                                                      {section::expected, "expected"},
                                                                      {section::targets, "targets"},
                                                                      {section::paired, "paired"},
                                                                      {section::enough, "enough"},
                                                                      {section::sensitivity, "sensitivity"},
                                                                      {section::curves, "curves"},
                                                                      {section::budget, "budget"},
                                                                      {section::profile, "profile"},
                                                                      {section::runtimes, "runtimes"}}};

std::string range_text(const interval& range, const std::string& metric) {
  if (std::isnan(range.lower)) return "—";  // too few repetitions
  return fmt::format("{} … {}", metric_text(range.lower, metric), metric_text(range.upper, metric));
}

std::string intervals_text(const problem_summary& problem, const lines_shown& lines,
                           const table_writer& writer) {
  if (problem.metrics.empty()) return "";
  const std::string& metric = problem.metrics[0];
  table rows(1, {metric, "median", "95 % interval", "interquartile mean", "95 % interval"});
  for (const configuration_summary* line : lines) {
    if (line->repetitions == 0) continue;
    const score_summary& score = line->scores[0];
    rows.push_back({writer.escaped(line->name()), metric_text(score.median, metric),
                    range_text(score.median_interval, metric), metric_text(score.interquartile_mean, metric),
                    range_text(score.interquartile_mean_interval, metric)});
  }
  return writer.table(std::move(rows));
}

std::string expected_text(const problem_summary& problem, const lines_shown& lines,
                          const table_writer& writer) {
  if (problem.target_metric.empty()) return "";
  const bool epochs = cost_unit_of(problem.target_metric) == cost_unit::epochs;
  table rows(1, {"expected to target", "reached", "steps", "evaluations"});
  if (epochs) rows[0].emplace_back("epochs");
  rows[0].emplace_back("seconds");
  for (const configuration_summary* line : lines) {
    if (line->repetitions == 0) continue;
    const time_to_target& times = *line->times;
    rows.push_back({writer.escaped(line->name()), reached_text(times), cost_text(times.steps.expected),
                    cost_text(times.evaluations.expected)});
    if (epochs) rows.back().push_back(cost_text(times.epochs.expected));
    rows.back().push_back(seconds_text(times.seconds.expected));
  }
  return writer.table(std::move(rows));
}

/// "-0.2 … 0.1", and its confidence where that is less than the heading says: "-0.2 … 0.1 (88 %)".
std::string interval_text(const location& difference) {
  if (std::isnan(difference.confidence)) return "—";
  std::string text =
      fmt::format("{} … {}", number_text(difference.range.lower), number_text(difference.range.upper));
  if (difference.confidence < 0.95) text += fmt::format(" ({:.0f} %)", 100 * difference.confidence);
  return text;
}

std::vector<std::string> paired_row(const std::string& name, const paired_summary& pair) {
  return {name,
          count_text(pair.differences.size()),
          number_text(pair.difference.estimate),
          interval_text(pair.difference),
          number_text(pair.probability_better),
          number_text(pair.p_value),
          number_text(pair.adjusted_p_value),
          number_text(pair.correlation)};
}

/// Beside the first metric what points are chosen by, as in the table of scores; csv and json have all.
std::string paired_text(const problem_summary& problem, const table_writer& writer) {
  if (problem.paired.empty()) return "";
  table rows(1, {fmt::format("{} against the baseline", problem.metrics.front()), "pairs", "difference",
                 "95 % interval", "P(better)", "p", "p (Holm)", "correlation"});
  const bool says_the_same = problem.metrics.front() == "gap";  // but for a constant
  for (const paired_summary& pair : problem.paired) {
    rows.push_back(paired_row(writer.escaped(pair.optimizer), pair));
    for (const paired_summary& further : problem.paired_further) {
      if (says_the_same || further.optimizer != pair.optimizer || further.metric != problem.selection_metric)
        continue;
      rows.push_back(paired_row(writer.continued(further.metric), further));
    }
  }
  return writer.table(std::move(rows));
}

/// What pairing saves, and how many repetitions would show the difference.
std::string enough_text(const problem_summary& problem, const table_writer& writer) {
  if (problem.paired.empty()) return "";
  table rows(
      1, {"for 80 % power", "mean difference", "sd", "sd unpaired", "pairs", "needed", "needed unpaired"});
  for (const paired_summary& pair : problem.paired) {
    rows.push_back({writer.escaped(pair.optimizer), number_text(pair.mean_difference),
                    number_text(pair.deviation), number_text(pair.unpaired_deviation),
                    count_text(pair.differences.size()), cost_text(pair.pairs_needed),
                    cost_text(pair.unpaired_needed)});
  }
  return writer.table(std::move(rows));
}

/// Where several hyperparameters were drawn, each point differs from its neighbour in all of them: scores
/// close to the best then tell of none of them alone.
bool drawn_together(const sensitivity_summary& each, const problem_summary& problem) {
  const auto others =
      std::ranges::count(problem.sensitivities, each.optimizer, &sensitivity_summary::optimizer);
  return each.share && others > 1;
}

/// "adam: lr=0.1 is not told apart from 3 of 11 other points by 3 search repetitions".
std::string choices_text(const problem_summary& problem, const table_writer& writer) {
  std::string text;
  for (const choice_summary& each : problem.choices) {
    if (each.within_noise == 0) continue;
    text +=
        writer.item(fmt::format("{}: {} is not told apart from {} of {} other points by its {} search "
                                "repetitions ({})",
                                each.optimizer, to_string(each.point), count_text(each.within_noise),
                                count_text(each.others), count_text(each.repetitions), each.metric));
  }
  return text;
}

std::string sensitivity_text(const problem_summary& problem, const table_writer& writer) {
  table rows(1, {"sensitivity", "hyperparameter", "best", problem.selection_metric, "within 5 % of it",
                 "width", "decades"});
  for (const sensitivity_summary& each : problem.sensitivities) {
    if (drawn_together(each, problem)) continue;
    const tolerance_range& range = each.range;
    rows.push_back({writer.escaped(each.optimizer), each.hyperparameter, number_text(each.values[range.best]),
                    metric_text(each.scores[range.best], each.metric),
                    fmt::format("{} … {}", number_text(range.lower), number_text(range.upper)),
                    number_text(range.width), number_text(range.decades)});
  }
  return (rows.size() == 1 ? "" : writer.table(std::move(rows))) + choices_text(problem, writer);
}

std::string curves_text(const problem_summary& problem, const table_writer& writer) {
  std::string curves;
  for (const sensitivity_summary& each : problem.sensitivities) {
    std::vector<std::string> points;
    for (std::size_t i = 0; i < each.values.size(); ++i) {
      points.push_back(
          fmt::format("{}: {}", number_text(each.values[i]), metric_text(each.scores[i], each.metric)));
    }
    curves += writer.item(
        fmt::format("{} by {}: {}", each.optimizer, each.hyperparameter, fmt::join(points, ", ")));
  }
  return curves;
}

/// 1, 2, 4, … and all of them.
std::vector<std::size_t> budgets_shown(std::size_t most) {
  std::vector<std::size_t> sizes;
  for (std::size_t k = 1; k < most && sizes.size() < 7; k *= 2) sizes.push_back(k);
  if (most > 0) sizes.push_back(most);
  return sizes;
}

std::string budget_text(const problem_summary& problem, const table_writer& writer) {
  std::size_t most = 0;
  for (const budget_summary& each : problem.tuning_budgets) most = std::max(most, each.expected_best.size());
  const std::vector<std::size_t> sizes = budgets_shown(most);
  if (sizes.empty()) return "";
  table rows(1, {fmt::format("best {} of k points", problem.selection_metric)});
  for (const std::size_t k : sizes) rows[0].push_back(fmt::format("k = {}", count_text(k)));
  for (const budget_summary& each : problem.tuning_budgets) {
    rows.push_back({writer.escaped(each.optimizer)});
    for (const std::size_t k : sizes) {
      rows.back().push_back(
          k <= each.expected_best.size() ? metric_text(each.expected_best[k - 1], each.metric) : "—");
    }
  }
  return writer.table(std::move(rows));
}

}  // namespace

std::string_view name_of(section part) {
  return std::ranges::find(names, part, &decltype(names)::value_type::first)->second;
}

std::set<section> all_sections() {
  std::set<section> all;
  for (const auto& [part, name] : names) all.insert(part);
  return all;
}

std::set<section> usual_sections(const comparison& compared) {
  std::set<section> usual{section::scores, section::paired, section::sensitivity};
  if (compared.profile_problems.size() > 1 || !compared.ranks.empty()) usual.insert(section::profile);
  const bool several_targets = std::ranges::any_of(
      compared.problems, [](const problem_summary& problem) { return problem.targets.size() > 1; });
  if (several_targets) usual.insert(section::runtimes);
  return usual;
}

std::string sections_text(const problem_summary& problem, const lines_shown& lines,
                          const std::set<section>& shown, const table_writer& writer) {
  std::string text;
  if (shown.contains(section::intervals)) text += intervals_text(problem, lines, writer);
  if (shown.contains(section::expected)) text += expected_text(problem, lines, writer);
  if (shown.contains(section::targets)) text += targets_text(problem, lines, writer);
  if (shown.contains(section::paired)) text += paired_text(problem, writer);
  if (shown.contains(section::enough)) text += enough_text(problem, writer);
  if (shown.contains(section::sensitivity)) text += sensitivity_text(problem, writer);
  if (shown.contains(section::curves)) text += curves_text(problem, writer);
  if (shown.contains(section::budget)) text += budget_text(problem, writer);
  return text;
}

std::string ranks_text(const comparison& compared, const table_writer& writer) {
  if (compared.ranks.empty()) return "";
  std::vector<const rank_summary*> best_first;
  for (const rank_summary& each : compared.ranks) best_first.push_back(&each);
  std::ranges::stable_sort(best_first, {}, &rank_summary::mean);
  table rows(1, {"optimizer", "mean rank", "95 % interval"});
  for (const rank_summary* each : best_first) {
    rows.push_back({writer.escaped(each->optimizer), fmt::format("{:.2f}", each->mean),
                    std::isnan(each->range.lower)
                        ? "—"
                        : fmt::format("{:.2f} … {:.2f}", each->range.lower, each->range.upper)});
  }
  return '\n' +
         writer.heading("mean ranks",
                        fmt::format("over {}, by the median cost to the target, or by the median score where "
                                    "there is none; 1 is the best",
                                    counted(compared.problems.size(), "problem"))) +
         writer.table(std::move(rows));
}

std::string profile_text(const comparison& compared, const table_writer& writer) {
  if (compared.profile.empty()) return "";
  constexpr std::array<double, 5> taus{1, 1.5, 2, 5, 10};
  table rows(1, {"optimizer"});
  for (const double tau : taus) rows[0].push_back(fmt::format("τ = {}", tau));
  for (const profile_summary& each : compared.profile) {
    rows.push_back({writer.escaped(each.optimizer)});
    for (const double tau : taus) rows.back().push_back(number_text(profile_at(each.ratios, tau)));
  }
  return '\n' +
         writer.heading("performance profile",
                        fmt::format("share of {} whose target an optimizer is expected to reach "
                                    "within τ times the cost of the best",
                                    counted(compared.profile_problems.size(), "problem"))) +
         writer.table(std::move(rows));
}

}  // namespace ravine::cli
