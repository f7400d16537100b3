#include "commands/command.hpp"
#include "compare/comparison.hpp"
#include "explore/web_assets.hpp"
#include "options/baseline_option.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "options/where_option.hpp"
#include "report/packed_text.hpp"
#include "report/report_document.hpp"
#include "text/output.hpp"
#include "text/whole_file.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using texts = std::vector<std::string>;

usage report_usage() {
  usage expected{
      .synopsis = "ravine report FILE.db… -o report.html [options]",
      .description =
          "Writes results, statistics and figures as one HTML file that opens in any browser, offline.\n",
      .options = po::options_description(),
      .positional = "file"};
  expected.options.add_options()("output,o", po::value<std::string>()->value_name("FILE.html"),
                                 "output file (default: the first file's name with .html)")(
      "data", "write only the data, as JSON");
  add_where_option(expected.options);
  add_baseline_option(expected.options);
  add_plugin_options(expected.options);
  return expected;
}

/// Takes out of all files the trials that do not meet every condition.
void keep_matching(std::vector<results_file>& files, const po::variables_map& options) {
  if (options.count("where") == 0) return;
  std::size_t left = 0;
  for (results_file& file : files) {
    file.trials = matching_where(std::move(file.trials), options);
    left += file.trials.size();
  }
  if (left == 0) throw_nothing_left(options);
}

/// What --where hides is tested all the same: the correction counts it.
std::vector<paired_test> hidden_family(const std::vector<results_file>& files,
                                       const po::variables_map& options, const std::string& baseline) {
  if (options.count("where") == 0 || baseline.empty()) return {};
  std::vector<stored_trial> trials;
  for (const results_file& file : files) trials.insert(trials.end(), file.trials.begin(), file.trials.end());
  return family_of_tests(trials, baseline);
}

/// A page under another name opens in no browser.
void check_extension(const fs::path& output, bool data_only) {
  const std::string extension = output.extension().string();
  if (data_only || extension == ".html" || extension == ".htm") return;
  throw usage_error(
      fmt::format("--output: found {}, expected a name that ends in .html: a report is a page; its "
                  "data are written by --data, and figures saved from the page",
                  output.string()));
}

exit_status report(std::span<const std::string> arguments) {
  const auto options = parse(report_usage(), arguments);
  if (!options) return exit_status::ok;
  if (options->count("file") == 0) {
    throw usage_error(
        "a results file is missing\nUsage: ravine report FILE.db… -o report.html [options]\nSee --help.");
  }
  const bool data_only = options->count("data") != 0;
  if (!data_only) bundled_assets();  // says at once if there are none
  const texts names = (*options)["file"].as<texts>();
  std::vector<results_file> files = read_results(names);
  std::vector<stored_experiment> experiments;
  for (const results_file& file : files) {
    experiments.insert(experiments.end(), file.experiments.begin(), file.experiments.end());
  }
  const baseline_choice baseline = read_baseline(*options, experiments);
  const std::vector<paired_test> family = hidden_family(files, *options, baseline.label);
  keep_matching(files, *options);
  const std::string title = fmt::format("{} · Ravine", files[0].name);
  const std::string data = report_document(std::move(files), load_plugins(*options), baseline, family)
                               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const fs::path output =
      options->count("output") != 0
          ? fs::path((*options)["output"].as<std::string>())
          : fs::path(names[0]).filename().replace_extension(data_only ? ".json" : ".html");
  check_extension(output, data_only);
  write_whole(output, data_only ? data : report_page(title, packed_text(data)));
  print_result("{}\n", output.string());
  return exit_status::ok;
}

}  // namespace

const command report_command{"report", "write results as one HTML page with tables and figures", &report};

}  // namespace ravine::cli
