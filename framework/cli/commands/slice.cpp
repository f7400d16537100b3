#include "commands/command.hpp"
#include "core/settings.hpp"
#include "explore/web_assets.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "options/where_option.hpp"
#include "process/sandbox.hpp"
#include "report/packed_text.hpp"
#include "run/dataset_cache.hpp"
#include "slice/slice_document.hpp"
#include "store/store.hpp"
#include "text/json_text.hpp"
#include "text/output.hpp"
#include "text/whole_file.hpp"
#include "trial/spec_json.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using texts = std::vector<std::string>;
using nlohmann::json;

constexpr std::size_t most_paths = 6;

usage slice_usage() {
  usage expected{.synopsis = "ravine slice FILE.db [options]",
                 .description =
                     "Draws the loss on a plane of a model's parameters, with the paths of trials on it. The "
                     "trials are run\n"
                     "again, since results hold no parameters.\n",
                 .options = po::options_description(),
                 .positional = "file"};
  expected.options.add_options()("plane",
                                 po::value<std::string>()->default_value("random")->value_name("WHICH"),
                                 "random: filter-normalised directions at the first trial's end; path: the "
                                 "principal components of its path; "
                                 "ends: through the end points of the first three trials")(
      "cells", po::value<std::uint64_t>()->default_value(41)->value_name("N"), "cells of the grid, each way")(
      "examples", po::value<std::uint64_t>()->default_value(1000)->value_name("N"),
      "examples of the training set on which the loss is taken")(
      "seed", po::value<std::uint64_t>()->default_value(1)->value_name("N"), "seed of the random directions")(
      "format", po::value<std::string>()->default_value("page")->value_name("FORMAT"),
      "page, or json or csv on standard output; csv has the grid alone")(
      "output,o", po::value<std::string>()->value_name("FILE.html"),
      "the page (default: the file's name with -slice.html)");
  add_where_option(expected.options);
  add_plugin_options(expected.options);
  return expected;
}

std::uint64_t read_count(const po::variables_map& options, const char* name, std::uint64_t least,
                         std::uint64_t most) {
  const auto count = options[name].as<std::uint64_t>();
  if (count >= least && count <= most) return count;
  throw wrong_value(name, count, fmt::format("a whole number from {} to {}", least, most));
}

slice_settings read_slice_settings(const po::variables_map& options) {
  constexpr std::uint64_t most_cells = 400, most_examples = 1'000'000'000;
  const std::string plane = read_choice(options, "plane", {"random", "path", "ends"});
  return {plane == "random" ? slice_plane::random
          : plane == "ends" ? slice_plane::ends
                            : slice_plane::path,
          read_count(options, "cells", 2, most_cells), read_count(options, "examples", 1, most_examples),
          options["seed"].as<std::uint64_t>()};
}

std::string label_of(const stored_trial& trial) {
  std::string label = trial.optimizer;
  for (const auto& [name, value] : trial.point) label += fmt::format(" {}={}", name, to_string(value));
  return label;
}

/// Results, not search trials; of one problem, in their first repetition, that came to their end.
std::vector<stored_trial> comparable(std::vector<stored_trial> trials) {
  std::set<std::string> problems;
  for (const stored_trial& each : trials) problems.insert(each.problem);
  if (problems.size() > 1) {
    throw usage_error(fmt::format("there are several problems ({}); name one: --where 'problem={}'",
                                  fmt::join(problems, ", "), *problems.begin()));
  }
  std::erase_if(trials, [](const stored_trial& each) { return each.role != trial_role::result; });
  const auto first = std::ranges::min_element(trials, {}, &stored_trial::repetition);
  const std::uint64_t repetition = first == trials.end() ? 0 : first->repetition;
  std::erase_if(trials, [&](const stored_trial& each) { return each.repetition != repetition; });
  std::erase_if(trials, [](const stored_trial& each) {
    const bool ended = each.result.succeeded();
    if (!ended) print_note("{}: left out, since it {}\n", label_of(each), to_string(each.result.status));
    return !ended;
  });
  if (trials.empty()) throw error("there is no trial that came to its end");
  return trials;
}

sliced_trial to_slice(const stored_trial& trial) {
  sliced_trial made{label_of(trial), {}, trial.result};
  try {
    made.spec = spec_from_json(trial.spec);
  } catch (const error& problem) {
    throw error(fmt::format("the stored trial {}: {}", trial.id, problem.what()));
  }
  made.spec.problem.label = trial.problem;
  if (made.spec.train.budget.unit == cost_unit::seconds) {
    throw error(fmt::format(
        "{}: its budget is in seconds, and ends elsewhere each time: its end can't be found again; "
        "run it with a budget in steps or epochs",
        made.label));
  }
  return made;
}

/// One label may stand for several problems: searched, or of a manifest that was changed.
void expect_one_problem(const std::vector<stored_trial>& trials) {
  const auto problem_of = [](const stored_trial& each) {
    const json spec = json::parse(each.spec);
    return json{{"problem", spec.at("problem")}, {"seed", spec.at("seed")}};
  };
  const json first = problem_of(trials.front());
  for (const stored_trial& each : trials) {
    if (problem_of(each) == first) continue;
    throw usage_error(
        fmt::format("{} and {} are of other models, data or seeds under the name {}, and have no plane in "
                    "common; select trials of one problem with --where",
                    label_of(trials.front()), label_of(each), each.problem));
  }
}

std::vector<sliced_trial> read_trials(const std::string& file, const po::variables_map& options,
                                      slice_plane through) {
  const std::vector<stored_trial> trials =
      comparable(some_matching_where(store::open_read_only(file).trials(), options));
  if (through == slice_plane::ends && trials.size() < 3) {
    throw usage_error(
        fmt::format("--plane ends: found {} {}, expected three or more, whose end points span the plane",
                    trials.size(), trials.size() == 1 ? "trial" : "trials"));
  }
  if (trials.size() > most_paths) {
    texts labels;
    for (const stored_trial& each : trials) labels.push_back(label_of(each));
    throw usage_error(
        fmt::format("found {} trials, expected at most {}, which are run again; select some with --where "
                    "optimizer=…; there are: {}",
                    trials.size(), most_paths, fmt::join(labels, ", ")));
  }
  std::vector<sliced_trial> all;
  all.reserve(trials.size());
  for (const stored_trial& each : trials) all.push_back(to_slice(each));
  expect_one_problem(trials);
  return all;
}

/// From a process of its own.
json run_slice(const std::vector<sliced_trial>& trials, const registry& plugins, const slice_settings& how) {
  constexpr double longest = 2e6;  // seconds: trials are run again, however long they took
  dataset_cache data;
  const dataset* const examples = data.of(trials.front().spec);
  const sandbox_outcome outcome =
      try_in_sandbox([&] { return slice_document(trials, plugins, examples, how).dump(); },
                     {.time = std::chrono::duration<double>(longest), .memory = 0});
  if (outcome.ended != sandbox_outcome::how::answered) throw error(failure_of(outcome));
  return json::parse(outcome.text);
}

std::string grid_csv(const json& image) {
  std::string text = "x,y,loss\n";
  const auto columns = image.at("columns").get<std::size_t>(), rows = image.at("rows").get<std::size_t>();
  const auto middle = [&](std::size_t cell, std::size_t count, std::size_t axis) {
    const double low = image.at("lower")[axis], high = image.at("upper")[axis];
    return low + (static_cast<double>(cell) + 0.5) / static_cast<double>(count) * (high - low);
  };
  for (std::size_t i = 0; i < columns * rows; ++i) {
    const json& loss = image.at("losses")[i];
    text += fmt::format("{},{},{}\n", middle(i % columns, columns, 0), middle(i / columns, rows, 1),
                        loss.is_null() ? "" : loss.dump());
  }
  return text;
}

exit_status slice(std::span<const std::string> arguments) {
  const auto options = parse(slice_usage(), arguments);
  if (!options) return exit_status::ok;
  const texts files = texts_of(*options, "file");
  if (files.size() != 1) {
    throw usage_error("one results file is needed\nUsage: ravine slice FILE.db [options]\nSee --help.");
  }
  const std::string format = read_choice(*options, "format", {"page", "json", "csv"});
  const fs::path page = options->count("output") != 0
                            ? fs::path((*options)["output"].as<std::string>())
                            : fs::path(files[0]).filename().replace_extension().concat("-slice.html");
  if (page.extension() != ".html" && page.extension() != ".htm") {
    throw usage_error(
        fmt::format("--output: found {}, expected a name that ends in .html; tables go to standard "
                    "output: --format json or csv",
                    page.string()));
  }
  if (format == "page") bundled_assets();  // says at once if there are none
  const slice_settings how = read_slice_settings(*options);
  const std::vector<sliced_trial> trials = read_trials(files[0], *options, how.through);
  const json document = run_slice(trials, load_plugins(*options), how);
  for (const json& each : document.at("notes")) print_note("{}\n", each.get<std::string>());
  if (format == "json") {
    write_result(json_text(document));
  } else if (format == "csv") {
    write_result(grid_csv(document.at("image")));
  } else {
    const std::string title = fmt::format("{} · Ravine", document.at("problem").get<std::string>());
    write_whole(page, report_page(title, packed_text(json{{"slice", document}}.dump())));
    print_result("{}\n", page.string());
  }
  return exit_status::ok;
}

}  // namespace

const command slice_command{"slice", "draw the loss on a plane of a model's parameters, with paths", &slice};

}  // namespace ravine::cli
