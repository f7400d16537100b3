#include "compare/mean_ranks.hpp"

#include "compare/summary.hpp"
#include "trial/trial_result.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>

namespace ravine {
namespace {

constexpr std::size_t fewest_repetitions = 5;  // as of scores
constexpr std::uint64_t bootstrap_seed = 1;

/// The repetitions of each optimizer on one problem; less is better.
using measured = std::vector<std::vector<double>>;

std::vector<double> amounts_of_line(const configuration_summary& line, const problem_summary& problem) {
  if (!problem.target_metric.empty()) return line.times->targets.back().costs;
  std::vector<double> scores = line.scores.front().values;
  if (higher_is_better(problem.metrics.front())) {
    for (double& each : scores) each = -each;
  }
  return scores;
}

/// Those that have a line with a result on every problem.
std::vector<std::string> run_everywhere(const comparison& compared) {
  std::vector<std::string> all;
  for (const std::size_t each : compared.problems.front().chosen) {
    const std::string& optimizer = compared.problems.front().configurations[each].optimizer;
    const bool is_everywhere = std::ranges::all_of(compared.problems, [&](const problem_summary& problem) {
      const configuration_summary* const line = problem.chosen_line(optimizer);
      return line != nullptr && line->repetitions > 0;
    });
    if (is_everywhere) all.push_back(optimizer);
  }
  return all;
}

std::vector<double> ranks_on(const measured& problem) {
  std::vector<double> medians;
  for (const std::vector<double>& line : problem) medians.push_back(median(line));
  return shared_ranks(medians);
}

/// Of each optimizer, over samples of the repetitions of each problem.
std::vector<std::vector<double>> resampled_means(const std::vector<measured>& problems, std::size_t samples) {
  boost::random::mt19937_64 bits(bootstrap_seed);
  const std::size_t optimizers = problems.front().size();
  std::vector<std::vector<double>> means(optimizers, std::vector<double>(samples));
  for (std::size_t sample = 0; sample < samples; ++sample) {
    for (const measured& problem : problems) {
      measured drawn;
      for (const std::vector<double>& line : problem) {
        boost::random::uniform_int_distribution<std::size_t> place(0, line.size() - 1);
        std::vector<double>& values = drawn.emplace_back(line.size());
        std::ranges::generate(values, [&] { return line[place(bits)]; });
      }
      const std::vector<double> ranks = ranks_on(drawn);
      for (std::size_t i = 0; i < optimizers; ++i)
        means[i][sample] += ranks[i] / static_cast<double>(problems.size());
    }
  }
  return means;
}

void add_intervals(const std::vector<measured>& problems, std::vector<rank_summary>& ranks) {
  constexpr std::size_t fewest = 200, most = 2000, draws = 20'000'000;  // the last takes about a second
  std::size_t values = 0;
  for (const measured& problem : problems) {
    for (const std::vector<double>& line : problem) {
      if (line.size() < fewest_repetitions) return;
      values += line.size();
    }
  }
  const auto means = resampled_means(problems, std::clamp(draws / values, fewest, most));
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    ranks[i].range = {quantile(means[i], 0.025), quantile(means[i], 0.975)};
  }
}

}  // namespace

std::vector<double> shared_ranks(std::span<const double> values) {
  std::vector<double> keys(values.begin(), values.end());
  for (double& each : keys) {
    if (std::isnan(each)) each = std::numeric_limits<double>::infinity();
  }
  std::vector<double> ranks;
  for (const double each : keys) {
    const auto less = std::ranges::count_if(keys, [&](double other) { return other < each; });
    const auto equal = std::ranges::count(keys, each);
    ranks.push_back(static_cast<double>(less) + static_cast<double>(equal + 1) / 2);
  }
  return ranks;
}

void add_mean_ranks(comparison& compared) {
  const bool has_scores = std::ranges::all_of(compared.problems, [](const problem_summary& problem) {
    return !problem.metrics.empty() || !problem.target_metric.empty();
  });
  if (compared.problems.size() < 2 || !has_scores) return;
  const std::vector<std::string> optimizers = run_everywhere(compared);
  if (optimizers.size() < 2) return;
  std::vector<measured> problems;
  for (const std::string& each : optimizers) compared.ranks.push_back({.optimizer = each});
  for (const problem_summary& problem : compared.problems) {
    measured& amounts = problems.emplace_back();
    for (const std::string& each : optimizers)
      amounts.push_back(amounts_of_line(*problem.chosen_line(each), problem));
    const std::vector<double> ranks = ranks_on(amounts);
    for (std::size_t i = 0; i < optimizers.size(); ++i) compared.ranks[i].ranks.push_back(ranks[i]);
  }
  for (rank_summary& each : compared.ranks) each.mean = mean(each.ranks);
  add_intervals(problems, compared.ranks);
}

}  // namespace ravine
