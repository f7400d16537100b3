#include "text/target_sections.hpp"

#include "compare/runtime_profile.hpp"
#include "core/counted.hpp"
#include "text/number_text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

using table = std::vector<std::vector<std::string>>;

/// At most `most` of them, evenly spread, with the first and the last.
std::vector<std::size_t> some_of(std::size_t count, std::size_t most) {
  std::vector<std::size_t> chosen;
  const std::size_t shown = std::min(count, most);
  for (std::size_t i = 0; i < shown; ++i) {
    chosen.push_back(shown == 1 ? count - 1 : (i * (count - 1) + (shown - 1) / 2) / (shown - 1));
  }
  return chosen;
}

/// 1, 10, 100, … up to the first that is above everything solved; at most five of them.
std::vector<double> powers_of_ten(const std::vector<const step_distribution*>& all) {
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (const step_distribution* each : all) {
    for (const double value : each->solved) {
      if (value > 0) least = std::min(least, value);
      most = std::max(most, value);
    }
  }
  if (most == 0) return {1};
  std::vector<double> powers;
  const double last = std::ceil(std::log10(most));
  for (double power = std::max(last - 4, std::floor(std::log10(least))); power <= last; ++power) {
    powers.push_back(std::pow(10, power));
  }
  return powers;
}

/// The share solved within powers of ten of the cost.
std::string distribution_table(const runtime_summary& summary, step_distribution runtime_line::*which,
                               const table_writer& writer) {
  std::vector<const step_distribution*> all;
  for (const runtime_line& line : summary.lines) all.push_back(&(line.*which));
  const std::vector<double> costs = powers_of_ten(all);
  table rows(1, {"optimizer"});
  for (const double cost : costs) rows[0].push_back(cost_text(cost));
  rows[0].emplace_back("ever");
  for (const runtime_line& line : summary.lines) {
    const step_distribution& of = line.*which;
    rows.push_back({writer.escaped(line.optimizer)});
    for (const double cost : costs) rows.back().push_back(number_text(share_within(of, cost)));
    rows.back().push_back(number_text(share_within(of, std::numeric_limits<double>::infinity())));
  }
  return writer.table(std::move(rows));
}

}  // namespace

std::string reached_text(const time_to_target& times) {
  std::string text = fmt::format("{}/{}", count_text(times.reached), count_text(times.trials));
  for (const auto& [status, count] : times.lost_later) {
    const bool ended_well = status == trial_status::completed || status == trial_status::stopped_early;
    text += fmt::format(", {} {}", count_text(count), ended_well ? "lost it" : to_string(status));
  }
  return times.lost_later.empty() ? text : text + " later";
}

std::string targets_text(const problem_summary& problem,
                         const std::vector<const configuration_summary*>& lines, const table_writer& writer) {
  constexpr std::size_t most_shown = 6;
  if (problem.targets.size() < 2) return "";
  const std::vector<std::size_t> shown = some_of(problem.targets.size(), most_shown);
  const std::string_view unit = to_string(cost_unit_of(problem.target_metric));
  table rows(1, {fmt::format("expected {} to {}", unit, problem.target_metric)});
  for (const std::size_t each : shown) rows[0].push_back(fmt::format("{:.3g}", problem.targets[each]));
  for (const configuration_summary* line : lines) {
    if (line->repetitions == 0) continue;
    rows.push_back({writer.escaped(line->name())});
    for (const std::size_t each : shown) {
      rows.back().push_back(cost_text(line->times->targets[each].expected));
    }
  }
  return writer.table(std::move(rows));
}

std::string runtimes_text(const comparison& compared, const table_writer& writer) {
  std::string text;
  for (const runtime_summary& summary : compared.runtimes) {
    if (summary.lines.empty()) continue;
    const std::string problems = counted(summary.problems.size(), "problem");
    text += '\n' +
            writer.heading(
                "runtime distribution",
                fmt::format("share of all pairs of a trial and a target, on {}, that are solved within "
                            "so many {}",
                            problems, summary.unit)) +
            distribution_table(summary, &runtime_line::runtimes, writer);
    if (summary.lines.front().simplex_gradients.count == 0) continue;
    text +=
        '\n' +
        writer.heading("data profile",
                       fmt::format("share of all targets, on {}, expected to be reached within so many times "
                                   "dimension + 1 evaluations",
                                   problems)) +
        distribution_table(summary, &runtime_line::simplex_gradients, writer);
  }
  return text;
}

}  // namespace ravine::cli
