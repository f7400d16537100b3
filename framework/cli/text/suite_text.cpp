#include "text/suite_text.hpp"

#include "core/counted.hpp"
#include "text/number_text.hpp"
#include "text/table_writer.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

using table = std::vector<std::vector<std::string>>;

/// Nothing of single trials.
std::string range_text(const suite_standing& each) {
  if (each.trials <= each.scores.size()) return "—";
  return fmt::format("{:.3f} to {:.3f}", each.score_range.lower, each.score_range.upper);
}

/// Score, mean rank and the like, best first; the optimizer's own row is marked.
table standings_table(const std::vector<suite_standing>& standings, const std::string& label,
                      const table_writer& writer) {
  table rows(1, {"place", "optimizer", "score", "95 %", "mean rank", "solved"});
  for (std::size_t i = 0; i < standings.size(); ++i) {
    const suite_standing& each = standings[i];
    const std::string name = writer.escaped(each.optimizer);
    rows.push_back({std::to_string(i + 1), each.optimizer == label ? writer.marked(name) : name,
                    fmt::format("{:.3f}", each.score), range_text(each),
                    fmt::format("{:.1f}", each.mean_rank),
                    fmt::format("{}/{}", count_text(each.solved), count_text(each.trials))});
  }
  return rows;
}

/// The optimizer on each problem, beside the best of all.
table problems_table(const std::vector<suite_standing>& standings, std::span<const suite_line> lines,
                     const std::string& label, const table_writer& writer) {
  table rows(1, {"problem", "rank", "score", "final", "best", "its score", "its final"});
  const auto own = std::ranges::find(standings, label, &suite_standing::optimizer);
  if (own == standings.end()) return rows;
  const auto final_of = [&](const std::string& problem, const std::string& optimizer) {
    const auto found = std::ranges::find_if(lines, [&](const suite_line& each) {
      return each.problem == problem && each.optimizer == optimizer;
    });
    return number_text(found->final);
  };
  for (const suite_line& each : lines) {
    if (each.optimizer != label || !own->scores.contains(each.problem)) continue;
    const auto best = std::ranges::max_element(
        standings, {}, [&](const suite_standing& one) { return one.scores.at(each.problem); });
    rows.push_back({writer.escaped(each.problem), fmt::format("{:g}", own->ranks.at(each.problem)),
                    fmt::format("{:.3f}", own->scores.at(each.problem)), number_text(each.final),
                    writer.escaped(best->optimizer), fmt::format("{:.3f}", best->scores.at(each.problem)),
                    final_of(each.problem, best->optimizer)});
  }
  return rows;
}

}  // namespace

std::string suite_text(const suite_baselines& baselines, std::span<const suite_line> lines,
                       const std::string& label) {
  const table_writer writer(text_style::terminal);
  const std::vector<suite_standing> standings = suite_standings(lines, baselines.budgets);
  std::string text = writer.heading(
      fmt::format("{}: {}", baselines.suite, label),
      fmt::format(
          "beside {} on {}; score: the mean over targets of log(budget / cost) / log(1000), from 0 to 1",
          counted(standings.size() - 1, "baseline"), counted(baselines.budgets.size(), "problem")));
  text += writer.table(standings_table(standings, label, writer)) + '\n';
  text += writer.table(problems_table(standings, lines, label, writer)) + '\n';
  text += writer.paragraph(
      "solved: trials that met the hardest target, and with it all others. final: the median of last "
      "values.");
  for (const std::string& each : baselines.provenance) text += writer.paragraph(each);
  return text;
}

}  // namespace ravine::cli
