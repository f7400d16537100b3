#include "text/comparison_text.hpp"

#include "compare/score.hpp"
#include "core/counted.hpp"
#include "text/comparison_sections.hpp"
#include "text/failure_line.hpp"
#include "text/number_text.hpp"
#include "text/table_writer.hpp"
#include "text/target_sections.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine::cli {
namespace {

/// A column of the table: what it shows of a line, and the quantity whose leader is marked, if any.
struct column {
  std::string heading;
  std::function<std::string(const configuration_summary&)> text;
  std::optional<std::string> quantity = std::nullopt;
};

constexpr const char* best_heading = "best";

column score_column(std::size_t index, const std::string& metric) {
  return {metric,
          [index, metric](const configuration_summary& line) {
            return metric_text(line.scores[index].median, metric);
          },
          metric};
}

column spread_column(std::size_t index, const std::string& metric) {
  return {"mean ± sd", [index, metric](const configuration_summary& line) {
            const score_summary& score = line.scores[index];
            const std::string mean = metric_text(score.mean, metric);
            return std::isnan(score.standard_deviation)
                       ? mean
                       : fmt::format("{} ± {}", mean, metric_text(score.standard_deviation, metric));
          }};
}

/// Nothing of what was tested: nothing may be chosen by it. Nothing either where all ended at their best.
void add_best_column(std::size_t index, const problem_summary& problem, std::vector<column>& columns) {
  const std::string& metric = problem.metrics[index];
  const auto text = [index, metric](const configuration_summary& line) {
    return metric_text(line.scores[index].best, metric);
  };
  const bool all_end_at_their_best =
      std::ranges::all_of(problem.configurations, [&](const configuration_summary& line) {
        return line.repetitions == 0 || text(line) == metric_text(line.scores[index].median, metric);
      });
  if (!metric.starts_with("test_") && !all_end_at_their_best) columns.push_back({best_heading, text});
}

column time_column(cost_unit unit) {
  const std::string heading(to_string(unit));
  return {heading,
          [unit](const configuration_summary& line) {
            const double median = line.times->in(unit).median;
            return unit == cost_unit::seconds ? seconds_text(median) : cost_text(median);
          },
          heading};
}

void add_score_columns(const problem_summary& problem, std::vector<column>& columns) {
  if (problem.metrics.empty()) return;
  columns.push_back(score_column(0, problem.metrics[0]));
  columns.push_back(spread_column(0, problem.metrics[0]));
  add_best_column(0, problem, columns);
  const auto selecting = std::ranges::find(problem.metrics, problem.selection_metric);
  if (selecting != problem.metrics.end() && selecting != problem.metrics.begin()) {
    const auto index = static_cast<std::size_t>(selecting - problem.metrics.begin());
    columns.push_back(score_column(index, *selecting));
    if (problem.metrics[0] != "gap") add_best_column(index, problem, columns);
  }
}

/// What models measure of their own, on the test examples if there are any.
void add_own_columns(const problem_summary& problem, std::vector<column>& columns) {
  for (std::size_t i = 0; i < problem.metrics.size(); ++i) {
    const std::string& metric = problem.metrics[i];
    if (!is_own_metric(metric)) continue;
    const bool is_tested =
        metric.starts_with("validation_") &&
        std::ranges::find(problem.metrics, "test_" + metric.substr(std::string_view("validation_").size())) !=
            problem.metrics.end();
    if (!is_tested) columns.push_back(score_column(i, metric));
  }
}

void add_time_columns(const problem_summary& problem, std::vector<column>& columns) {
  if (problem.target_metric.empty()) return;
  columns.push_back({"reached", [](const configuration_summary& line) { return reached_text(*line.times); }});
  columns.push_back(time_column(cost_unit_of(problem.target_metric)));
  columns.push_back(time_column(cost_unit::seconds));
}

bool has_scratch(const problem_summary& problem) {
  return std::ranges::any_of(problem.configurations, [](const configuration_summary& line) {
    return line.scratch_bytes_per_parameter > 0;
  });
}

std::vector<column> columns_of(const problem_summary& problem) {
  std::vector<column> columns;
  add_score_columns(problem, columns);
  add_own_columns(problem, columns);
  add_time_columns(problem, columns);
  columns.push_back({"B/param", [](const configuration_summary& line) {
                       return number_text(line.state_bytes_per_parameter);
                     }});
  if (has_scratch(problem)) {
    columns.push_back({"scratch", [](const configuration_summary& line) {
                         return number_text(line.scratch_bytes_per_parameter);
                       }});
  }
  return columns;
}

bool is_leader(const configuration_summary& line, const column& shown, const problem_summary& problem) {
  if (!shown.quantity) return false;
  const auto leader = problem.leaders.find(*shown.quantity);
  return leader != problem.leaders.end() && &line == &problem.configurations[leader->second];
}

using table = std::vector<std::vector<std::string>>;

std::string statuses_text(const configuration_summary& line) {
  std::string text;
  for (const auto& [status, count] : line.statuses) {
    if (status == trial_status::completed || status == trial_status::reached_target ||
        status == trial_status::stopped_early)
      continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(count), to_string(status));
  }
  return text;
}

table score_table(const problem_summary& problem, const std::vector<const configuration_summary*>& lines,
                  const table_writer& writer) {
  const std::vector<column> columns = columns_of(problem);
  table rows(1, {"optimizer"});
  for (const column& each : columns) rows[0].push_back(each.heading);
  for (const configuration_summary* line : lines) {
    rows.push_back({writer.escaped(line->optimizer)});
    for (const column& each : columns) {
      if (line->repetitions == 0) {
        rows.back().emplace_back("—");
        continue;
      }
      const std::string text = each.text(*line);
      rows.back().push_back(is_leader(*line, each, problem) ? writer.marked(text) : text);
    }
    if (!line->point.empty()) rows.push_back({writer.continued(to_string(line->point))});
  }
  return rows;
}

std::string title(const problem_summary& problem, const std::vector<const configuration_summary*>& lines) {
  const auto [least, most] = std::ranges::minmax(lines, {}, &configuration_summary::repetitions);
  std::string text =
      least->repetitions == most->repetitions
          ? counted(most->repetitions, "repetition")
          : fmt::format("{} to {}", count_text(least->repetitions), counted(most->repetitions, "repetition"));
  if (most->studies.size() > 1) text += fmt::format(" in {} studies of tuning", most->studies.size());
  text += "; medians: final value";
  if (!problem.target_metric.empty()) {
    text += fmt::format(", cost to reach {} {} {:g}", problem.target_metric,
                        higher_is_better(problem.target_metric) ? "≥" : "≤", problem.target_value);
    if (problem.targets.size() > 1) {
      text += fmt::format(", the hardest of {} targets", problem.targets.size());
    }
  }
  return text;
}

/// "sgd lr=1: 3 of 5 diverged: the loss is inf at step 12 (repetition 1), …".
std::string failures_text(const std::vector<const configuration_summary*>& lines,
                          const table_writer& writer) {
  constexpr std::size_t most_shown = 2;
  std::string text;
  for (const configuration_summary* line : lines) {
    const std::string statuses = statuses_text(*line);
    if (statuses.empty()) continue;
    std::string item = fmt::format("{}: {} of {}", line->name(), statuses,
                                   count_text(line->repetitions + line->interrupted));
    for (std::size_t i = 0; i < std::min(most_shown, line->failures.size()); ++i) {
      const failure& each = line->failures[i];
      item += fmt::format("{} {} ({})", i == 0 ? ":" : ";", failure_line(each.reason),
                          repetition_name(each.repetition));
    }
    if (line->failures.size() > most_shown) item += "; …";
    text += writer.item(item);
  }
  return text;
}

std::string selection_note(const problem_summary& problem, points_shown points, const table_writer& writer) {
  const std::size_t hidden = problem.configurations.size() - problem.chosen.size();
  if (hidden == 0 || points == points_shown::all) return "";
  const auto tried =
      std::ranges::count(problem.configurations, trial_role::search, &configuration_summary::role);
  const bool tuned = std::ranges::any_of(problem.chosen, [&](std::size_t chosen) {
    return tried > 0 && problem.configurations[chosen].role == trial_role::result;
  });
  const bool studied = std::ranges::any_of(
      problem.chosen, [&](std::size_t chosen) { return problem.configurations[chosen].studies.size() > 1; });
  return writer.paragraph(
      fmt::format("{} search points; {} is shown. --points all shows the others.",
                  count_text(tried > 0 ? static_cast<std::size_t>(tried) : problem.configurations.size()),
                  studied ? "what each study of tuning chose for each optimizer"
                  : tuned ? "the one that tuning chose for each optimizer"
                          : fmt::format("each optimizer's best by median {}", problem.selection_metric)));
}

/// "adam: 3 studies chose lr=0.1; lr=0.03; lr=0.2".
std::string studies_text(const std::vector<const configuration_summary*>& lines, const table_writer& writer) {
  std::string text;
  for (const configuration_summary* line : lines) {
    const bool chose =
        std::ranges::any_of(line->studies, [](const settings& point) { return !point.empty(); });
    if (!chose) continue;
    std::vector<std::string> points;
    for (const settings& point : line->studies) points.push_back(point.empty() ? "—" : to_string(point));
    text += writer.item(
        fmt::format("{}: {} studies chose {}", line->optimizer, points.size(), fmt::join(points, "; ")));
  }
  return text;
}

bool has_best_column(const problem_summary& problem) {
  return std::ranges::any_of(columns_of(problem),
                             [](const column& each) { return each.heading == best_heading; });
}

std::string legend(const comparison& compared, text_style style) {
  std::string text = fmt::format(
      "B/param: optimizer state in bytes per parameter. {}: best, and told apart from every other.",
      style == text_style::markdown ? "Bold" : "*");
  if (std::ranges::any_of(compared.problems, has_scratch)) {
    text += " scratch: working memory beside it, also in bytes per parameter.";
  }
  if (compared.tests > 0) {
    text += fmt::format(" p (Holm): corrected for {} with the baseline, shown or not.",
                        counted(compared.tests, "test"));
  }
  if (std::ranges::any_of(compared.problems, has_best_column)) {
    text += " Column best: the best value at any evaluation.";
  }
  return text;
}

std::string warnings_text(const std::vector<std::string>& warnings, const table_writer& writer) {
  std::string text;
  for (const std::string& warning : warnings) text += writer.item("warning: " + warning);
  return text;
}

std::string problem_text(const problem_summary& problem, points_shown points, const std::set<section>& shown,
                         const table_writer& writer) {
  std::vector<const configuration_summary*> lines;
  if (points == points_shown::all) {
    for (const configuration_summary& line : problem.configurations) lines.push_back(&line);
  } else {
    for (const std::size_t each : problem.chosen) lines.push_back(&problem.configurations[each]);
  }
  return writer.heading(problem.problem, title(problem, lines)) +
         writer.table(score_table(problem, lines, writer)) + selection_note(problem, points, writer) +
         studies_text(lines, writer) + failures_text(lines, writer) +
         sections_text(problem, lines, shown, writer) + warnings_text(problem.warnings, writer);
}

}  // namespace

std::string comparison_text(const comparison& compared, points_shown points, const std::set<section>& shown,
                            text_style style) {
  const table_writer writer(style);
  std::string text;
  for (const problem_summary& problem : compared.problems) {
    if (!text.empty()) text += '\n';
    text += problem_text(problem, points, shown, writer);
  }
  if (shown.contains(section::profile)) text += ranks_text(compared, writer) + profile_text(compared, writer);
  if (shown.contains(section::runtimes)) text += runtimes_text(compared, writer);
  if (!compared.warnings.empty()) text += '\n' + warnings_text(compared.warnings, writer);
  if (style != text_style::markdown) text += '\n';
  return text + writer.paragraph(legend(compared, style));
}

}  // namespace ravine::cli
