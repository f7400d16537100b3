#include "store/merge.hpp"

#include "commands/command.hpp"
#include "core/counted.hpp"
#include "options/usage.hpp"
#include "process/interrupt.hpp"
#include "text/output.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using texts = std::vector<std::string>;

usage merge_usage() {
  usage expected{
      .synopsis = "ravine merge FILE.db… -o ALL.db",
      .description =
          "Puts results files together in one, such as the parts of an experiment. A trial that several\n"
          "files have is there once; one that was cut off gives way to one that was not. If the output\n"
          "exists, the others are added to it. A file that can't be read is named and left out (exit status\n"
          "1).\n",
      .options = po::options_description(),
      .positional = "file"};
  expected.options.add_options()("output,o", po::value<std::string>()->value_name("FILE.db"),
                                 "results file to make, or to add to");
  return expected;
}

/// Of all files.
struct merge_total {
  std::uint64_t files = 0;
  std::uint64_t left_out = 0;
  merged_file of_trials;
};

void tell_conflict(const std::string& name, const merged_file& taken) {
  if (taken.conflicts == 0) return;
  print_note(
      "{}: {} {} another result than in an earlier file, which is kept ({}); ravine compare of both files "
      "says what else differs\n",
      name, counted(taken.conflicts, "trial"), taken.conflicts == 1 ? "has" : "have", taken.conflict);
}

void take(results_merge& merge, const std::string& name, merge_total& total) {
  try {
    const merged_file taken = merge.take(name);
    tell_conflict(name, taken);
    for (const std::string& experiment : taken.replanned) {
      print_note(
          "{}: {} was run here from another manifest; the trials of both are kept, and the later plan "
          "counts\n",
          name, experiment);
    }
    ++total.files;
    total.of_trials.trials += taken.trials;
    total.of_trials.added += taken.added;
    total.of_trials.replaced += taken.replaced;
    total.of_trials.conflicts += taken.conflicts;
  } catch (const unwritable_results&) {
    throw;
  } catch (const merge_stopped&) {
    throw;
  } catch (const store_error& problem) {
    ++total.left_out;
    print_note("left out: {}\n", problem.what());
  }
}

/// What a part that is missing, or was ended, leaves to be run.
void tell_unfinished(const std::vector<stored_experiment>& experiments, const std::string& output) {
  for (const stored_experiment& each : experiments) {
    if (each.finished >= each.planned) continue;
    print_note(
        "{}: {} of {} have no result yet; run the parts again that lack some, or ravine run MANIFEST --out "
        "{} "
        "for all of them\n",
        each.name, count_text(each.planned - each.finished), counted(each.planned, "trial"), output);
  }
}

exit_status merge_into(const texts& names, const std::string& output) {
  const interrupt_watch watch;
  results_merge merge(output, [] { return interrupt_watch::count() == 0; });
  merge_total total;
  for (const std::string& name : names) {
    std::error_code is_new;
    if (!fs::equivalent(name, output, is_new) || is_new) take(merge, name, total);
  }
  if (total.files == 0 && total.left_out > 0) {
    print_note("{}: nothing was merged\n", output);
    return exit_status::trial_failed;
  }
  tell_unfinished(merge.finish(), output);
  const merged_file& trials = total.of_trials;
  print_result("{}: {} in {}: {} added{}\n", output, counted(trials.trials, "trial"),
               counted(total.files, "file"), count_text(trials.added),
               trials.replaced == 0 ? "" : fmt::format(", {} replaced", count_text(trials.replaced)));
  return total.left_out > 0 || trials.conflicts > 0 ? exit_status::trial_failed : exit_status::ok;
}

exit_status merge_files(std::span<const std::string> arguments) {
  const auto options = parse(merge_usage(), arguments);
  if (!options) return exit_status::ok;
  const texts names = texts_of(*options, "file");
  if (names.empty() || options->count("output") == 0) {
    throw usage_error(fmt::format("{} is missing\nUsage: ravine merge FILE.db… -o ALL.db\nSee --help.",
                                  names.empty() ? "a results file" : "-o ALL.db"));
  }
  const auto output = (*options)["output"].as<std::string>();
  try {
    return merge_into(names, output);
  } catch (const merge_stopped&) {
    print_note("interrupted: {} is as it was\n", output);
    return exit_status::interrupted;
  }
}

}  // namespace

const command merge_command{"merge", "put results files together in one", &merge_files};

}  // namespace ravine::cli
