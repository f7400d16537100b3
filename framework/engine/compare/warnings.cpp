#include "compare/warnings.hpp"

#include "compare/choices.hpp"
#include "compare/rebuilt_plugins.hpp"
#include "compare/score.hpp"
#include "compare/stored_spec.hpp"
#include "core/counted.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

constexpr std::size_t enough_repetitions = 5;
constexpr double edge = 0.05;  // of a search range, at both ends
constexpr double significant = 0.05;

using warnings = std::vector<std::string>;

void warn_of_search_sizes(const problem_summary& problem, warnings& found) {
  std::map<std::string, std::size_t> sizes;
  const bool tuned = std::ranges::any_of(problem.configurations, [](const configuration_summary& line) {
    return line.role == trial_role::search;
  });
  for (const configuration_summary& line : problem.configurations) {
    std::size_t& size = sizes[line.optimizer];
    if (!tuned || line.role == trial_role::search) ++size;
  }
  std::set<std::size_t> different;
  std::vector<std::string> texts;
  for (const auto& [optimizer, size] : sizes) {
    different.insert(size);
    texts.push_back(fmt::format("{} {}", optimizer, count_text(size)));
  }
  if (different.size() > 1) {
    found.push_back(fmt::format("unequal search sizes: {}; who tries more points finds better ones",
                                fmt::join(texts, ", ")));
  }
}

/// Of what was drawn, the largest is not for that at an edge: the range goes on.
void warn_of_edges(const problem_summary& problem, warnings& found) {
  for (const sensitivity_summary& each : problem.sensitivities) {
    const std::size_t best = each.range.best;
    if (each.scores[best] == worst_score(each.metric)) continue;  // none of them is the best
    if (each.share) {
      if (*each.share >= edge && *each.share <= 1 - edge) continue;
      found.push_back(
          fmt::format("{}: the best {}, {}, is in the outer {:.0f} % of the range it was drawn from",
                      each.optimizer, each.hyperparameter, each.values[best], 100 * edge));
      continue;
    }
    if (best != 0 && best + 1 != each.values.size()) continue;
    found.push_back(fmt::format("{}: the best {}, {}, is at the edge of the {} values that were tried",
                                each.optimizer, each.hyperparameter, each.values[best],
                                count_text(each.values.size())));
  }
}

void warn_of_repetitions(const problem_group& group, const problem_summary& problem, warnings& found) {
  std::set<std::size_t> counts;
  std::size_t interrupted = 0;
  bool studied = false;
  for (const std::size_t chosen : problem.chosen) {
    counts.insert(problem.configurations[chosen].measurements());
    studied = studied || !problem.configurations[chosen].studies.empty();
  }
  for (const configuration_summary& line : problem.configurations) interrupted += line.interrupted;
  if (counts.empty()) return;
  if (*counts.begin() > 0 && *counts.begin() < enough_repetitions && repetitions_differ(group, problem)) {
    const std::string few = studied ? fmt::format("{} studies of tuning", *counts.begin())
                                    : counted(*counts.begin(), "repetition");
    found.push_back(fmt::format("{}: fewer than {} say little about spread", few, enough_repetitions));
  }
  if (counts.size() > 1) {
    found.push_back(
        fmt::format("the lines have different numbers of {}", studied ? "studies of tuning" : "repetitions"));
  }
  if (interrupted > 0) {
    found.push_back(fmt::format("left out: {}; ravine run goes on from there",
                                counted(interrupted, "interrupted trial")));
  }
}

void warn_of_early_stops(const problem_summary& problem, warnings& found) {
  std::size_t stopped = 0;
  for (const configuration_summary& line : problem.configurations) {
    if (line.statuses.contains(trial_status::stopped_early)) ++stopped;
  }
  if (stopped == 0) return;
  found.push_back(
      fmt::format("{} search point{} stopped early: scores by hyperparameter and by tuning budget count "
                  "them as they were then",
                  count_text(stopped), stopped == 1 ? " was" : "s were"));
}

std::uint64_t threads_of(const stored_trial& trial) {
  if (trial.spec.find(R"("threads")") == std::string::npos) return 1;  // spares reading most of them
  return read_spec(trial).value("threads", std::uint64_t{1});
}

/// "OpenBLAS 0.3.21" of all that it says of itself, which names its kernel, too.
std::string version_of(const std::string& library) {
  return library.substr(0, library.find(' ', library.find(' ') + 1));
}

/// What other last digits may come from, see docs/results.md; by the name of its kind, which has an s.
using origins = std::map<std::string, std::set<std::string>>;

void add_origin(origins& all, const provenance& origin) {
  all["processors"].insert(origin.machine);
  all["builds"].insert(build_text(origin));
  // Not known of older files; and trials without matrix products have no OpenBLAS.
  const auto add = [&](const char* kind, const std::string& name) {
    if (!name.empty()) all[kind].insert(name);
  };
  add("OpenBLAS kernels", origin.blas_kernel);
  add("OpenBLAS versions", version_of(origin.blas));
  add("versions of libm", origin.libm);
}

/// "2 processors (A | B), 2 builds (C | D)"; empty where nothing differs.
std::string mixed_text(const origins& all) {
  std::vector<std::string> mixed;
  for (const auto& [kind, names] : all) {
    if (names.size() > 1) {
      mixed.push_back(fmt::format("{} {} ({})", names.size(), kind, fmt::join(names, " | ")));
    }
  }
  return fmt::format("{}", fmt::join(mixed, ", "));
}

void warn_of_origins(const problem_group& group, warnings& found) {
  origins all;
  std::size_t crowded = 0;
  for (const trial_group& line : group.configurations) {
    for (const repetition& each : line.repetitions) {
      const provenance& origin = each.trial->origin;
      add_origin(all, origin);
      const std::uint64_t busy = origin.jobs * threads_of(*each.trial);
      if (origin.cores > 0 && busy > origin.cores) ++crowded;
    }
  }
  if (crowded > 0) {
    found.push_back(fmt::format("timed with more jobs than cores: {}, with seconds that are too long",
                                counted(crowded, "trial")));
  }
  if (const std::string mixed = mixed_text(all); !mixed.empty()) {
    found.push_back(
        fmt::format("results of {} are mixed: equal trials may differ in their last digits, and all in "
                    "their seconds",
                    mixed));
  }
}

/// Older versions knew fewer metrics: those that both have are compared.
bool same_metrics(const evaluation& a, const evaluation& b) {
  return std::ranges::all_of(a.metrics, [&](const auto& one) {
    const auto other = b.metrics.find(one.first);
    return other == b.metrics.end() || one.second == other->second ||
           (std::isnan(one.second) && std::isnan(other->second));
  });
}

/// What training computed, and no clock, as far as the curves have points in common: where they were
/// shortened, one that knows fewer metrics may have kept others.
bool same_results(const trial_result& a, const trial_result& b) {
  if (a.status != b.status || a.spent.steps != b.spent.steps) return false;
  auto other = b.evaluations.begin();
  return std::ranges::all_of(a.evaluations, [&](const evaluation& one) {
    while (other != b.evaluations.end() && other->at.steps < one.at.steps) ++other;
    return other == b.evaluations.end() || other->at.steps > one.at.steps || same_metrics(one, *other);
  });
}

/// The same trial gives the same bits where all is equal: where it does not, somebody should know.
void warn_of_repeated(const problem_group& group, warnings& found) {
  origins all;
  std::size_t different = 0;
  for (const auto& [first, other] : group.repeated) {
    if (same_results(first->result, other->result)) continue;
    ++different;
    add_origin(all, first->origin);
    add_origin(all, other->origin);
  }
  if (different == 0) return;
  const std::string mixed = mixed_text(all);
  found.push_back(fmt::format("{} trial{} there twice with different results{}: the first of each counts",
                              count_text(different), different == 1 ? " is" : "s are",
                              mixed.empty() ? "" : ", of " + mixed));
}

void warn_of_targets_met_at_start(const problem_summary& problem, warnings& found) {
  std::size_t met = 0, trials = 0;
  for (const configuration_summary& line : problem.configurations) {
    if (!line.times) continue;
    met += line.times->at_start;
    trials += line.times->trials;
  }
  if (met == 0) return;
  found.push_back(
      fmt::format("the target, {} {} {:g}, was met before the first step in {} of {}: it says nothing of the "
                  "optimizers there; set a harder one",
                  problem.target_metric, higher_is_better(problem.target_metric) ? "≥" : "≤",
                  problem.target_value, count_text(met), counted(trials, "trial")));
}

void warn_of_stand_ins(const problem_group& group, warnings& found) {
  std::set<std::string> texts;
  for (const trial_group& line : group.configurations) {
    for (const repetition& each : line.repetitions) {
      for (const stand_in& used : each.trial->stand_ins) texts.insert(to_string(used));
    }
  }
  found.insert(found.end(), texts.begin(), texts.end());
}

}  // namespace

bool repetitions_differ(const problem_group& group, const problem_summary& problem) {
  const nlohmann::json spec = read_spec(*group.configurations.front().repetitions.front().trial);
  for (const char* source : {"data", "noise", "instance"}) {
    if (spec.at("problem").contains(source)) return true;
  }
  return std::ranges::any_of(problem.chosen, [&](std::size_t chosen) {
    return std::ranges::any_of(problem.configurations[chosen].scores, [](const score_summary& score) {
      return std::ranges::adjacent_find(score.values, std::ranges::not_equal_to()) != score.values.end();
    });
  });
}

std::vector<std::string> find_warnings(const problem_group& group, const problem_summary& problem) {
  warnings found;
  warn_of_search_sizes(problem, found);
  warn_of_edges(problem, found);
  const chance random = repetitions_differ(group, problem) ? chance::takes_part : chance::none;
  for (std::string& each : choice_warnings(group, problem, random)) found.push_back(std::move(each));
  warn_of_repetitions(group, problem, found);
  warn_of_early_stops(problem, found);
  warn_of_origins(group, found);
  warn_of_stand_ins(group, found);
  std::ranges::move(rebuilt_plugins(group), std::back_inserter(found));
  warn_of_repeated(group, found);
  warn_of_targets_met_at_start(problem, found);
  return found;
}

void warn_of_alike_repetitions(problem_summary& problem) {
  std::vector<std::string> alike;
  for (const paired_summary& pair : problem.paired) {
    if (pair.repetitions_alike) alike.push_back(pair.optimizer);
  }
  if (alike.empty()) return;
  problem.warnings.push_back(
      fmt::format("the repetitions of {} and of the baseline are identical but for rounding: one "
                  "measurement, many times, and so no p-value",
                  fmt::join(alike, ", ")));
}

void warn_of_few_pairs(problem_summary& problem, std::size_t tests) {
  std::optional<std::size_t> fewest;
  for (const paired_summary& pair : problem.paired) {
    const std::size_t pairs = pair.differences.size();
    if (!pair.repetitions_alike && (!fewest || pairs < *fewest)) fewest = pairs;
  }
  if (!fewest) return;
  // All differences of one sign are the strongest evidence that there is.
  const auto least_p = [](std::size_t pairs) { return std::exp2(1 - static_cast<double>(pairs)); };
  const auto needed = [&](std::size_t among) {
    std::size_t pairs = 1;
    while (least_p(pairs) * static_cast<double>(among) > significant) ++pairs;
    return pairs;
  };
  if (*fewest >= needed(tests)) return;
  if (*fewest == 0) {
    problem.warnings.emplace_back("an optimizer has no repetition in common with the baseline: no p-value");
    return;
  }
  const std::string count = counted(*fewest, "pair") + " with the baseline";
  if (*fewest >= needed(1)) {
    problem.warnings.push_back(fmt::format(
        "{}: after Holm's correction for {} p can't be below {:.3g}; p < 0.05 takes {} pairs", count,
        counted(tests, "test"), std::min(1.0, least_p(*fewest) * static_cast<double>(tests)), needed(tests)));
    return;
  }
  std::string text =
      fmt::format("{}: p can't be below {:.4g}; p < 0.05 takes {} pairs", count, least_p(*fewest), needed(1));
  if (tests > 1) {
    text += fmt::format(", and {} after Holm's correction for {}", needed(tests), counted(tests, "test"));
  }
  problem.warnings.push_back(text);
}

}  // namespace ravine
