#include "commands/command.hpp"
#include "compare/comparison.hpp"
#include "compare/comparison_json.hpp"
#include "compare/shortened_curve.hpp"
#include "compare/unfinished.hpp"
#include "options/baseline_option.hpp"
#include "options/usage.hpp"
#include "options/where_option.hpp"
#include "store/store.hpp"
#include "text/comparison_text.hpp"
#include "text/json_text.hpp"
#include "text/output.hpp"
#include "text/terminal.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
using texts = std::vector<std::string>;

usage compare_usage() {
  usage expected{
      .synopsis = "ravine compare FILE.db… [options]",
      .description =
          "Compares the optimizers in results files, problem by problem. A trial that diverged or failed\n"
          "gets the worst possible score.\n",
      .options = po::options_description(),
      .positional = "file"};
  expected.options.add_options()("format",
                                 po::value<std::string>()->default_value("table")->value_name("FORMAT"),
                                 "table, markdown, csv or json; csv and json contain every number")(
      "points", po::value<std::string>()->default_value("best")->value_name("WHICH"),
      "points of a search to show: best (of each optimizer) or all")(
      "show", po::value<std::string>()->value_name("SECTIONS"),
      "sections below the scores, separated by commas: scores (nothing else), intervals, expected, targets, "
      "paired, enough, sensitivity, curves, budget, profile, runtimes, or all; csv takes one (default: those "
      "that apply)");
  add_where_option(expected.options);
  add_baseline_option(expected.options);
  return expected;
}

points_shown read_points(const std::string& text) {
  if (text == "best") return points_shown::chosen;
  if (text == "all") return points_shown::all;
  throw wrong_value("points", text, "best or all");
}

/// Nothing if the option is not there.
std::optional<std::set<section>> read_sections(const po::variables_map& options) {
  if (options.count("show") == 0) return std::nullopt;
  std::set<section> wanted{section::scores};
  std::istringstream words(options["show"].as<std::string>());
  for (std::string word; std::getline(words, word, ',');) {
    const std::set<section> all = all_sections();
    const auto part = std::ranges::find_if(all, [&](section each) { return name_of(each) == word; });
    if (word == "all") {
      wanted = all;
    } else if (part != all.end()) {
      wanted.insert(*part);
    } else {
      throw wrong_value(
          "show", word,
          "scores, intervals, expected, targets, paired, enough, sensitivity, curves, budget, profile, "
          "runtimes or all");
    }
  }
  return wanted;
}

/// What csv has room for.
section read_one_section(const std::optional<std::set<section>>& wanted) {
  if (!wanted || wanted->size() == 1) return section::scores;
  if (wanted->size() > 2) throw usage_error("--show: csv is one table; name one section, or use json");
  return *std::ranges::find_if(*wanted, [](section each) { return each != section::scores; });
}

/// Of all files.
struct contents {
  std::vector<stored_trial> trials;
  std::vector<stored_experiment> experiments;
};

contents read_files(const texts& files) {
  std::vector<std::shared_ptr<const store>> opened;
  for (const std::string& file : files)
    opened.push_back(std::make_shared<const store>(store::open_read_only(file)));
  contents all;
  for (auto& trials : read_shortened(opened)) std::ranges::move(trials, std::back_inserter(all.trials));
  for (const auto& file : opened) std::ranges::move(file->experiments(), std::back_inserter(all.experiments));
  return all;
}

/// A section that was asked for by name and is empty would otherwise look like an answer.
void tell_of_empty_sections(const comparison& compared, const std::set<section>& wanted) {
  if (wanted == all_sections()) return;
  const bool any_search = std::ranges::any_of(
      compared.problems, [](const problem_summary& each) { return !each.sensitivities.empty(); });
  for (const section each : {section::sensitivity, section::curves, section::budget}) {
    if (any_search || !wanted.contains(each)) continue;
    print_note("--show {}: there is nothing to show: no hyperparameter was searched\n", name_of(each));
  }
  for (const section each : {section::paired, section::enough}) {
    if (!compared.baseline.empty() || !wanted.contains(each)) continue;
    print_note("--show {}: there is nothing to show: no baseline is named; add --baseline OPTIMIZER\n",
               name_of(each));
  }
}

std::string formatted(const comparison& compared, const std::string& format, points_shown points,
                      const std::optional<std::set<section>>& wanted) {
  if (format == "json") return json_text(to_json(compared));
  if (wanted) tell_of_empty_sections(compared, *wanted);
  if (format == "csv") return comparison_csv(compared, read_one_section(wanted));
  const text_style style = format == "markdown"  ? text_style::markdown
                           : stdout_shows_bold() ? text_style::bold_terminal
                                                 : text_style::terminal;
  return comparison_text(compared, points, wanted.value_or(usual_sections(compared)), style);
}

exit_status compare_files(std::span<const std::string> arguments) {
  const auto options = parse(compare_usage(), arguments);
  if (!options) return exit_status::ok;
  if (options->count("file") == 0) {
    throw usage_error("a results file is missing\nUsage: ravine compare FILE.db… [options]\nSee --help.");
  }
  const std::string format = read_choice(*options, "format", {"table", "markdown", "csv", "json"});
  const points_shown points = read_points((*options)["points"].as<std::string>());
  const std::optional<std::set<section>> sections = read_sections(*options);
  if (format == "csv") read_one_section(sections);
  auto [trials, experiments] = read_files((*options)["file"].as<texts>());
  if (trials.empty())
    throw error("there is no finished trial to compare yet; ravine run resumes the experiment");
  const baseline_choice baseline = read_baseline(*options, experiments);
  // What --where hides is tested all the same: the correction counts it.
  std::vector<paired_test> family;
  if (options->count("where") != 0 && !baseline.label.empty())
    family = family_of_tests(trials, baseline.label);
  comparison compared = compare(some_matching_where(std::move(trials), *options), baseline, family);
  add_unfinished(compared, experiments);
  const std::string text = formatted(compared, format, points, sections);
  if (format == "table")
    write_styled_result(text);  // whose parts are printable, and whose marks may be bold
  else
    write_result(text);
  return exit_status::ok;
}

}  // namespace

const command compare_command{
    "compare", "compare optimizers: final scores, cost to reach the target, failures", &compare_files};

}  // namespace ravine::cli
