#include "commands/suite_standing.hpp"

#include "compare/comparison.hpp"
#include "compare/suite_standings.hpp"
#include "core/error.hpp"
#include "core/sha256.hpp"
#include "store/store.hpp"
#include "text/output.hpp"
#include "text/suite_text.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

suite_baselines baselines_of(const suite& which) {
  suite_baselines all = read_suite_baselines(which.baselines);
  if (all.suite == which.title && all.suite_sha256 == sha256_file(which.manifest)) return all;
  throw error(fmt::format(
      "{}: these baselines are of {}, SHA-256 {:.8}…, and {} is {}, SHA-256 {:.8}…: nothing can be compared; "
      "experiments/suites/make runs the baselines again",
      which.baselines.string(), all.suite, all.suite_sha256, which.manifest.string(), which.title,
      sha256_file(which.manifest)));
}

std::vector<stored_trial> trials_of(const plan& experiment, const std::filesystem::path& results) {
  std::vector<stored_trial> trials = store::open_read_only(results).trials();
  std::erase_if(trials, [&](const stored_trial& each) { return each.experiment != experiment.name; });
  return trials;
}

/// The targets are part of the suite; who has others has run something else.
void check_targets(const suite_line& own, const suite_baselines& baselines) {
  const auto other = std::ranges::find(baselines.lines, own.problem, &suite_line::problem);
  if (other != baselines.lines.end() && other->costs[0].size() == own.costs[0].size()) return;
  throw error(fmt::format("{}: {} has {} targets here, and {} among the baselines", baselines.suite,
                          own.problem, own.costs[0].size(),
                          other == baselines.lines.end() ? 0 : other->costs[0].size()));
}

}  // namespace

void print_suite_standing(const suite& of, const plan& experiment, const std::filesystem::path& results) {
  if (!std::filesystem::exists(of.baselines)) {
    print_note("{}: there are no baselines, {}, to compare with; experiments/suites/make runs them\n",
               of.title, of.baselines.string());
    return;
  }
  const suite_baselines baselines = baselines_of(of);
  std::vector<suite_line> lines = suite_lines(compare(trials_of(experiment, results)));
  if (lines.empty()) throw error(fmt::format("{}: no trial has a result to compare", results.string()));
  std::string label = lines.front().optimizer;
  if (std::ranges::find(baselines.lines, label, &suite_line::optimizer) != baselines.lines.end())
    label += " (this run)";
  for (suite_line& each : lines) {
    check_targets(each, baselines);
    each.optimizer = label;
  }
  std::ranges::copy(baselines.lines, std::back_inserter(lines));
  write_result(suite_text(baselines, lines, label));
}

}  // namespace ravine::cli
