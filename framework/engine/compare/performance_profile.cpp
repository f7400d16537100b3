#include "compare/performance_profile.hpp"

#include "compare/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>

namespace ravine {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr std::size_t fewest_repetitions = 5;  // as of scores
constexpr std::uint64_t bootstrap_seed = 1;

/// Of each problem, what became of its target by each optimizer.
using races = std::vector<std::vector<const target_summary*>>;

/// expected_running_time of as many trials, drawn from these with replacement.
double drawn_cost(const target_summary& line, boost::random::mt19937_64& bits) {
  boost::random::uniform_int_distribution<std::size_t> place(0, line.spent.size() - 1);
  double total = 0;
  std::size_t successes = 0;
  for (std::size_t i = 0; i < line.spent.size(); ++i) {
    const std::size_t drawn = place(bits);
    total += line.spent[drawn];
    if (std::isfinite(line.costs[drawn])) ++successes;
  }
  return successes == 0 ? never : total / static_cast<double>(successes);
}

/// On each problem, of samples of its trials: for each optimizer.
std::vector<std::vector<double>> drawn_ratios(const races& problems, boost::random::mt19937_64& bits) {
  std::vector<std::vector<double>> ratios(problems.front().size());
  for (const auto& race : problems) {
    std::vector<double> costs;
    costs.reserve(race.size());
    for (const target_summary* line : race) costs.push_back(drawn_cost(*line, bits));
    const std::vector<double> found = performance_ratios(costs);
    for (std::size_t i = 0; i < ratios.size(); ++i) ratios[i].push_back(found[i]);
  }
  return ratios;
}

/// Even in their logarithms, from 1 to beyond the largest ratio.
std::vector<double> even_taus(const std::vector<profile_summary>& profile) {
  constexpr std::size_t count = 60;
  double largest = 2;
  for (const profile_summary& each : profile) {
    for (const double ratio : each.ratios)
      largest = std::isfinite(ratio) ? std::max(largest, ratio) : largest;
  }
  std::vector<double> taus;
  for (std::size_t i = 0; i < count; ++i)
    taus.push_back(std::pow(1.2 * largest, static_cast<double>(i) / (count - 1)));
  return taus;
}

/// How many samples take about a second; none where a line has too few repetitions to draw from.
std::size_t samples_for(const races& problems) {
  constexpr std::size_t fewest = 200, most = 2000, draws = 20'000'000;
  std::size_t trials = 0;
  for (const auto& race : problems) {
    for (const target_summary* line : race) {
      if (line->spent.size() < fewest_repetitions) return 0;
      trials += line->spent.size();
    }
  }
  return std::clamp(draws / trials, fewest, most);
}

void add_bands(const races& problems, comparison& compared) {
  const std::size_t samples = compared.profile.empty() ? 0 : samples_for(problems);
  if (samples == 0) return;
  compared.profile_taus = even_taus(compared.profile);
  const std::size_t taus = compared.profile_taus.size();
  // For each optimizer and tau, the share in each sample.
  std::vector shares(compared.profile.size(), std::vector(taus, std::vector<double>(samples)));
  boost::random::mt19937_64 bits(bootstrap_seed);
  for (std::size_t sample = 0; sample < samples; ++sample) {
    const std::vector<std::vector<double>> ratios = drawn_ratios(problems, bits);
    for (std::size_t i = 0; i < ratios.size(); ++i) {
      for (std::size_t t = 0; t < taus; ++t)
        shares[i][t][sample] = profile_at(ratios[i], compared.profile_taus[t]);
    }
  }
  for (std::size_t i = 0; i < shares.size(); ++i) {
    for (const std::vector<double>& each : shares[i])
      compared.profile[i].bands.push_back({quantile(each, 0.025), quantile(each, 0.975)});
  }
}

}  // namespace

std::vector<double> performance_ratios(std::span<const double> costs) {
  double best = never;
  for (const double cost : costs) best = std::fmin(best, cost);
  std::vector<double> ratios;
  for (const double cost : costs) {
    const bool solved = std::isfinite(cost);
    ratios.push_back(!solved ? never : cost == best ? 1 : cost / best);
  }
  return ratios;
}

double profile_at(std::span<const double> ratios, double tau) {
  const auto within =
      std::ranges::count_if(ratios, [&](double ratio) { return std::isfinite(ratio) && ratio <= tau; });
  return static_cast<double>(within) / static_cast<double>(ratios.size());
}

void add_performance_profile(comparison& compared) {
  std::vector<const problem_summary*> with_target;
  for (const problem_summary& problem : compared.problems) {
    if (!problem.target_metric.empty()) with_target.push_back(&problem);
  }
  if (with_target.empty()) return;
  for (const std::size_t each : with_target[0]->chosen) {
    const std::string& optimizer = with_target[0]->configurations[each].optimizer;
    if (std::ranges::all_of(with_target, [&](const problem_summary* problem) {
          return problem->chosen_line(optimizer) != nullptr;
        })) {
      compared.profile.push_back({.optimizer = optimizer, .ratios = {}});
    }
  }
  races problems;
  for (const problem_summary* problem : with_target) {
    compared.profile_problems.push_back(problem->problem);
    auto& race = problems.emplace_back();
    std::vector<double> costs;
    costs.reserve(race.size());
    for (const profile_summary& each : compared.profile) {
      race.push_back(&problem->chosen_line(each.optimizer)->times->targets.back());
      costs.push_back(race.back()->expected);
    }
    const std::vector<double> ratios = performance_ratios(costs);
    for (std::size_t i = 0; i < ratios.size(); ++i) compared.profile[i].ratios.push_back(ratios[i]);
  }
  add_bands(problems, compared);
}

}  // namespace ravine
