#pragma once

#include "compare/bootstrap.hpp"
#include "compare/summaries.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// What an optimizer did on a problem of a suite.
struct suite_line {
  std::string problem;
  std::string optimizer;
  double final = 0;  ///< median of the problem's most telling metric
  /// Of each repetition, the evaluations until each target, easiest first. Infinite where it was not met.
  std::vector<std::vector<double>> costs;
};

/// The stored results of a suite's baselines: a text that `experiments/suites/make` writes.
struct suite_baselines {
  std::string suite;                      ///< name and version: "landscapes-1"
  std::string suite_sha256;               ///< of the manifest that they were run by
  std::vector<std::string> provenance;    ///< how, when and where they were run, line by line
  std::map<std::string, double> budgets;  ///< by problem, in evaluations
  std::vector<suite_line> lines;          ///< by problem, then by optimizer
};

/// Throws ravine::error with the line of the first fault.
suite_baselines read_suite_baselines(const std::filesystem::path& file);

/// The chosen line of each optimizer on each problem that has targets.
std::vector<suite_line> suite_lines(const comparison& compared);

/// How much of a budget the targets leave: of all pairs of a repetition and a target, the mean of
/// log(budget / cost) / log(1000), within 0 and 1. 1 if all targets are met in the first thousandth of the
/// budget, 0 if none is met within it: the area under the runtime distribution on a logarithmic axis (Hansen,
/// Auger, Brockhoff & Tušar 2022, doi:10.1109/TEVC.2022.3210897).
double suite_score(std::span<const std::vector<double>> costs, double budget);

/// An optimizer over all problems of a suite.
struct suite_standing {
  std::string optimizer;
  double score = 0;        ///< mean over problems
  interval score_range;    ///< 95 %, bootstrap over repetitions
  double mean_rank = 0;    ///< of its scores among those of all optimizers; equal ones share the mean rank
  std::size_t solved = 0;  ///< trials that met the hardest target
  std::size_t trials = 0;
  std::map<std::string, double> scores;  ///< by problem
  std::map<std::string, double> ranks;   ///< by problem
};

/// Of the optimizers that have a line on every problem of `budgets`, best first.
std::vector<suite_standing> suite_standings(std::span<const suite_line> lines,
                                            const std::map<std::string, double>& budgets);

}  // namespace ravine
