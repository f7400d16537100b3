#include "commands/command.hpp"
#include "manifest/manifest.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "process/interrupt.hpp"
#include "run/worker_executor.hpp"
#include "store/store.hpp"
#include "text/plan_text.hpp"
#include "text/progress.hpp"
#include "text/terminal.hpp"
#include "tuning/choice.hpp"
#include "tuning/run_plan.hpp"
#include "tuning/rungs.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using texts = std::vector<std::string>;

usage run_usage() {
  usage expected{
      .synopsis = "ravine run MANIFEST… [options]",
      .description =
          "Runs experiments, or goes on with them: what the results file holds already is not run\n"
          "again. Ctrl-C once finishes the trials in progress, twice stops at once.\n",
      .options = po::options_description(),
      .positional = "manifest"};
  expected.options.add_options()("out", po::value<std::string>()->value_name("FILE.db"),
                                 "results file (default: NAME.db, by the experiment's name)")(
      "set", po::value<texts>()->value_name("PATH=VALUE"),
      "change the manifest: --set train.epochs=3 --set optimizers.adam.with.lr=0.01 (repeatable)")(
      "jobs", po::value<unsigned>()->value_name("N"), "trials at the same time (default: one a core)")(
      "dry-run", "print the plan and run nothing");
  add_plugin_options(expected.options);
  return expected;
}

texts all_of(const po::variables_map& options, const char* option) {
  return options.count(option) != 0 ? options[option].as<texts>() : texts();
}

unsigned threads_of(const plan& experiment) {
  return experiment.trials.empty() ? 1 : static_cast<unsigned>(experiment.trials.front().spec.threads);
}

/// By default every core has one thread to run.
unsigned read_jobs(const po::variables_map& options, const plan& experiment) {
  constexpr unsigned most = 1024;
  if (options.count("jobs") == 0)
    return std::max(1U, std::thread::hardware_concurrency() / threads_of(experiment));
  const unsigned jobs = options["jobs"].as<unsigned>();
  if (jobs == 0 || jobs > most)
    throw usage_error(fmt::format("--jobs: found {}, expected 1 to {}", jobs, most));
  return jobs;
}

void warn_if_crowded(const plan& experiment, unsigned jobs) {
  const unsigned cores = std::thread::hardware_concurrency();
  const unsigned threads = threads_of(experiment);
  if (cores == 0 || jobs * threads <= cores) return;
  fmt::print(stderr, "{}: warning: {} jobs of {} thread{} on {} cores: times will be too long\n",
             experiment.name, jobs, threads, threads == 1 ? "" : "s", cores);
}

/// Counts how trials ended, and passes on to the progress bar.
class tally : public progress {
 public:
  using progress::progress;

  void trial_ended(const planned_trial& trial, const trial_result& result) override {
    ++counts_[result.status];
    progress::trial_ended(trial, result);
  }
  std::string text() const {
    std::string all;
    for (const auto& [status, count] : counts_) {
      all += fmt::format("{}{} {}", all.empty() ? "" : ", ", count, to_string(status));
    }
    return all;
  }

 private:
  std::map<trial_status, std::size_t> counts_;
};

void print_plan(const plan& experiment, const fs::path& file) {
  std::size_t missing = experiment.trials.size();
  if (fs::exists(file)) missing = missing_trials(experiment, store::open_read_only(file)).size();
  fmt::print("{}", plan_text(experiment));
  fmt::print("\n{} of {} trials are still to be run into {}\n", missing, experiment.trials.size(),
             file.string());
}

std::string trials_text(std::size_t count) { return fmt::format("{} trial{}", count, count == 1 ? "" : "s"); }

/// Answers how the trials ended, when the progress bar is gone from the terminal.
std::string run_missing(const plan& experiment, const registry& plugins, unsigned jobs, store& results,
                        std::size_t missing) {
  worker_executor executor(plugins, jobs);
  tally seen(missing);
  run_plan(experiment, results, executor, seen, current_provenance(jobs));
  return seen.text();
}

exit_status run_all(const plan& experiment, const registry& plugins, unsigned jobs, const fs::path& file,
                    store& results) {
  const std::size_t missing = missing_trials(experiment, results).size();
  if (missing == 0) {
    results.begin(experiment);
    fmt::print(stderr, "{}: all {} trials are in {} already\n", experiment.name, experiment.trials.size(),
               file.string());
  } else {
    const interrupt_watch watch;
    fmt::print(stderr, "{}: {} of {} trials to run, into {}\n", experiment.name, missing,
               experiment.trials.size(), file.string());
    const std::string outcome = run_missing(experiment, plugins, jobs, results, missing);
    fmt::print(stderr, "{}: {}\n", experiment.name, outcome.empty() ? "no trial was run" : outcome);
    if (interrupt_watch::count() > 0) {
      const std::size_t left = missing_trials(experiment, results).size();
      fmt::print(stderr, "interrupted: {}\n",
                 left == 0 ? "all trials were done already"
                           : fmt::format("{} left; run the same command again to go on", trials_text(left)));
      return exit_status::interrupted;
    }
  }
  std::size_t faults = 0;
  for (const auto& [status, count] : results.endings(experiment.name)) {
    if (is_fault(status)) faults += count;
  }
  if (faults == 0) return exit_status::ok;
  fmt::print(stderr, "{}: {} failed; ravine compare {} shows them\n", experiment.name, trials_text(faults),
             file.string());
  return exit_status::trial_failed;
}

/// With tuning, the search first, rung by rung if hopeless points are to be stopped, and then the repetitions
/// of what it found.
exit_status run_experiment(const plan& experiment, const registry& plugins, unsigned jobs,
                           const fs::path& file) {
  store results = store::open(file);
  if (experiment.tuning_metric.empty()) return run_all(experiment, plugins, jobs, file, results);
  plan searched = experiment;
  const std::size_t rungs = experiment.stop_early ? experiment.stop_early->rungs : 0;
  for (std::size_t rung = 0;; ++rung) {
    if (!missing_trials(searched, results).empty()) {
      const exit_status status = run_all(searched, plugins, jobs, file, results);
      if (status == exit_status::interrupted) return status;
    }
    if (rung == rungs) break;
    searched = after_rung(searched, rung, results);
  }
  return run_all(with_tuned_results(searched, results), plugins, jobs, file, results);
}

exit_status run_manifests(std::span<const std::string> arguments) {
  const auto options = parse(run_usage(), arguments);
  if (!options) return exit_status::ok;
  const texts manifests = all_of(*options, "manifest");
  if (manifests.empty())
    throw usage_error("a manifest is missing\nUsage: ravine run MANIFEST… [options]\nSee --help.");
  const registry plugins = load_plugins(*options);
  std::vector<plan> plans;  // all of them first: an error in the last manifest shows before hours of running
  try {
    for (const std::string& manifest : manifests)
      plans.push_back(load_manifest(manifest, all_of(*options, "set"), plugins));
  } catch (const manifest_error& problem) {
    // On lines of their own, as editors and terminals find places: FILE:LINE:COLUMN: text.
    throw usage_error(fmt::format("a manifest can't be used:\n{}", problem.what()));
  }
  exit_status worst = exit_status::ok;
  for (const plan& experiment : plans) {
    const fs::path file =
        options->count("out") != 0 ? (*options)["out"].as<std::string>() : experiment.name + ".db";
    if (options->count("dry-run") != 0) {
      print_plan(experiment, file);
      continue;
    }
    const unsigned jobs = read_jobs(*options, experiment);
    warn_if_crowded(experiment, jobs);
    const exit_status status = run_experiment(experiment, plugins, jobs, file);
    if (status == exit_status::interrupted) return status;
    if (status != exit_status::ok) worst = status;
  }
  return worst;
}

}  // namespace

const command run_command{"run", "run an experiment, or go on with it", &run_manifests};

}  // namespace ravine::cli
