#include "commands/command.hpp"
#include "commands/suite_standing.hpp"
#include "core/counted.hpp"
#include "data/data_error.hpp"
#include "manifest/manifest.hpp"
#include "manifest/stored_manifest.hpp"
#include "options/cluster_options.hpp"
#include "options/part_option.hpp"
#include "options/plugin_options.hpp"
#include "options/suite_options.hpp"
#include "options/usage.hpp"
#include "process/interrupt.hpp"
#include "process/resources.hpp"
#include "run/blas_kernel.hpp"
#include "run/worker_executor.hpp"
#include "store/store.hpp"
#include "text/output.hpp"
#include "text/plan_text.hpp"
#include "text/stage_progress.hpp"
#include "text/terminal.hpp"
#include "tuning/later_trials.hpp"
#include "tuning/run_experiment.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using texts = std::vector<std::string>;

usage run_usage() {
  usage expected{
      .synopsis = "ravine run [MANIFEST… | --suite NAME --optimizer ID|FILE.so] [options]",
      .description =
          "Runs experiments, or resumes them: trials that the results file already contains are not run\n"
          "again. Ctrl-C once finishes the trials in progress; twice stops at once. SIGTERM, and a terminal\n"
          "that hangs up, save a checkpoint of each trial that keeps any, and end the run within 5 s.\n",
      .options = po::options_description(),
      .positional = "manifest"};
  expected.options.add_options()(
      "out", po::value<std::string>()->value_name("FILE.db"),
      "results file (default: NAME.db, where NAME is the experiment's; of a part NAME-I-of-N.db)")(
      "set", po::value<texts>()->value_name("PATH=VALUE"),
      "change the manifest: --set train.epochs=3 --set optimizers.adam.with.lr=0.01 (repeatable)")(
      "jobs", po::value<unsigned>()->value_name("N"), "trials to run in parallel (default: one per core)")(
      "blas-kernel", po::value<std::string>()->value_name("NAME"),
      "OpenBLAS's kernel for all trials: the same on several machines, for the same bits (default: by "
      "processor)")("dry-run", "print the plan and run nothing");
  add_suite_options(expected.options);
  add_part_option(expected.options);
  add_cluster_options(expected.options);
  add_plugin_options(expected.options);
  return expected;
}

unsigned threads_of(const plan& experiment) {
  return experiment.trials.empty() ? 1
                                   : static_cast<unsigned>(experiment.trials.configuration(0).spec.threads);
}

/// By default every core has one thread to run.
unsigned read_jobs(const po::variables_map& options, const plan& experiment) {
  constexpr unsigned most = 1024;
  if (options.count("jobs") == 0) return std::max(1U, granted_resources().cores / threads_of(experiment));
  const unsigned jobs = options["jobs"].as<unsigned>();
  if (jobs == 0 || jobs > most) throw wrong_value("jobs", jobs, fmt::format("1 to {}", most));
  return jobs;
}

void warn_if_crowded(const plan& experiment, unsigned jobs) {
  const unsigned cores = granted_resources().cores;
  const unsigned threads = threads_of(experiment);
  if (jobs * threads <= cores) return;
  print_note("{}: warning: {} of {} on {}: measured times will be too long\n", experiment.name,
             counted(jobs, "job"), counted(threads, "thread"), counted(cores, "core"));
}

/// Without its data an experiment can be looked at, but not which of its trials are done.
void print_plan(plan experiment, worker_executor& executor, const fs::path& file) {
  std::string fault;
  try {
    identify_data(experiment, executor);
  } catch (const data_error& problem) {
    fault = problem.what();
  }
  write_result(plan_text(experiment));
  if (!fault.empty()) return print_result("\nWhat is still to be run is not known: {}\n", fault);
  std::size_t missing = experiment.trials.size();
  if (fs::exists(file)) missing = store::open_read_only(file).missing(experiment.trials).size();
  print_result("\n{} of {} still to be run into {}\n", count_text(missing),
               counted(experiment.trials.size(), "trial"), file.string());
}

/// So that nobody has to wait without a line: every curve of the file is checked, and every trial looked up.
void tell_if_long_to_check(const plan& experiment, const fs::path& file) {
  constexpr std::uintmax_t large = 100'000'000;  // bytes, which take about a quarter of a second
  std::error_code none;
  if (const std::uintmax_t size = fs::file_size(file, none); !none && size > large) {
    print_note("{}: checking {} ({} MB)\n", experiment.name, file.string(), size / 1'000'000);
  }
}

/// The baseline that the experiment's manifest fixed when it was run into the file.
std::string stored_baseline(const stored_experiment& stored, const fs::path& file) {
  try {
    return baseline_in(stored.manifest);
  } catch (const error& problem) {
    throw error(fmt::format(
        "{}: the stored manifest of {} can't be read ({}), and it may fix a baseline, which must stay; give "
        "the experiment another name: trials that are in the file are not run again",
        file.string(), stored.name, problem.what()));
  }
}

/// A baseline is fixed before there are results. One that the file's manifest fixed is not replaced; one that
/// comes late is told.
void keep_baseline(const plan& experiment, const store& results, const fs::path& file) {
  for (const stored_experiment& stored : results.experiments()) {
    if (stored.name != experiment.name || stored.finished == 0) continue;
    const std::string before = stored_baseline(stored, file);
    if (before == experiment.baseline) continue;
    if (before.empty()) {
      print_note("{}: the baseline {} is fixed from now on; {} had ended before\n", experiment.name,
                 experiment.baseline, counted(stored.finished, "trial"));
      continue;
    }
    throw error(fmt::format(
        "{}: the baseline is {}, but {} has fixed {} and has results; keep it and compare with another by "
        "ravine compare --baseline, or give the experiment another name",
        experiment.name, experiment.baseline.empty() ? "left out" : experiment.baseline, file.string(),
        before));
  }
}

/// What is left, and how to go on.
exit_status tell_interrupted(std::size_t left, const cluster_run* cluster) {
  print_note("interrupted: {}\n", left == 0 ? "all trials were done already"
                                            : fmt::format("{} left; run the same command again to resume",
                                                          counted(left, "trial")));
  if (cluster != nullptr) cluster->tell_left();
  return exit_status::interrupted;
}

exit_status run_into(const plan& experiment, worker_executor& executor, unsigned jobs, const fs::path& file,
                     const po::variables_map& options) {
  tell_if_long_to_check(experiment, file);
  store results = store::open(file);
  keep_baseline(experiment, results, file);
  const interrupt_watch watch;
  executor.use_jobs(jobs);
  std::optional<cluster_run> cluster;
  if (wants_cluster(options)) cluster.emplace(options, experiment, file, results, executor);
  stage_progress shown(file.string(), cluster ? run_place::on_cluster : run_place::here,
                       experiment.trials.size() + later_trials_of(experiment).all());
  experiment_run done;
  try {
    ravine::executor& by = cluster ? cluster->by() : executor;
    done = run_experiment(experiment, results, by, shown, current_provenance(jobs));
  } catch (const data_error&) {  // loading them ends with an error if it is interrupted
    if (interrupt_watch::count() == 0) throw;
    done.last_stage = experiment;
  }
  shown.finish_stage();
  if (interrupt_watch::count() > 0) {
    return tell_interrupted(results.missing(done.last_stage.trials).size(), cluster ? &*cluster : nullptr);
  }
  if (cluster) cluster->finish();
  if (done.end == experiment_run::ending::stopped) {
    print_note(
        "{}: {} left, since what they need was lost on the way, see above; run the same command again to "
        "resume\n",
        experiment.name, counted(results.missing(done.last_stage.trials).size(), "trial"));
    return exit_status::trial_failed;
  }
  std::size_t faults = 0;
  for (const auto& [status, count] : results.endings(experiment.name)) {
    if (is_fault(status)) faults += count;
  }
  if (faults == 0) {
    const bool is_whole = !experiment.part;  // parts are merged first
    if (is_whole && shown.has_run()) {
      print_note("{0}: next, ravine compare {1} or ravine report {1}\n", experiment.name, file.string());
    }
    return exit_status::ok;
  }
  print_note("{}: {} failed; ravine compare {} shows them\n", experiment.name, counted(faults, "trial"),
             file.string());
  return exit_status::trial_failed;
}

/// Where results go unless --out says it.
std::string usual_file(const plan& experiment, const std::optional<part_number>& part) {
  if (!part) return experiment.name + ".db";
  return fmt::format("{}-{}-of-{}.db", experiment.name, part->index, part->count);
}

void tell_part(const plan& whole, const plan& some, const part_number& part) {
  print_note("{}: part {} of {} has {} of {}{}\n", whole.name, part.index, part.count,
             count_text(some.trials.size()), counted(whole.trials.size(), "trial"),
             whole.tuning_metric.empty() ? "" : "; each optimizer on each problem is tuned within one part");
}

/// Once, whatever number of experiments use them.
void tell_stand_ins(const std::vector<plan>& plans) {
  std::set<std::string> told;
  for (const plan& experiment : plans) {
    for (const stand_in& each : experiment.stand_ins) told.insert(to_string(each));
  }
  for (const std::string& text : told) print_note("note: {}\n", text);
}

void use_blas_kernel(const std::string& name) {
  try {
    pin_blas_kernel(name);
  } catch (const error& problem) {
    throw usage_error(fmt::format("--blas-kernel: {}", problem.what()));
  }
}

/// All of them first: an error in the last manifest shows before hours of running.
std::vector<plan> read_plans(const po::variables_map& options, const std::optional<suite_request>& suite,
                             const registry& plugins) {
  const texts changes = texts_of(options, "set");
  std::vector<plan> plans;
  try {
    if (suite) plans.push_back(suite_plan(suite->of, optimizer_of(*suite, plugins), changes, plugins));
    for (const std::string& manifest : texts_of(options, "manifest"))
      plans.push_back(load_manifest(manifest, changes, plugins));
  } catch (const manifest_error& problem) {
    // On lines of their own, as editors and terminals find places: FILE:LINE:COLUMN: text.
    throw usage_error(fmt::format("a manifest can't be used:\n{}", problem.what()));
  }
  tell_stand_ins(plans);
  return plans;
}

exit_status run_manifests(std::span<const std::string> arguments) {
  const auto options = parse(run_usage(), arguments);
  if (!options) return exit_status::ok;
  const std::optional<suite_request> suite = read_suite(*options);
  if (!suite && texts_of(*options, "manifest").empty())
    throw usage_error("a manifest is missing\nUsage: ravine run MANIFEST… [options]\nSee --help.");
  const std::optional<part_number> part = read_part(*options);
  check_cluster_options(*options);
  if (suite && !suite->file.empty() && wants_cluster(*options)) {
    throw usage_error(
        "--on slurm takes the optimizer of a suite by its id; put the file into a folder, and give that by "
        "--plugins");
  }
  if (options->count("blas-kernel") != 0) use_blas_kernel((*options)["blas-kernel"].as<std::string>());
  const registry plugins = load_plugins(*options, suite ? suite->file : fs::path());
  worker_executor executor(plugins);  // while this process is small
  exit_status worst = exit_status::ok;
  for (const plan& whole : read_plans(*options, suite, plugins)) {
    const plan experiment = part ? part_of(whole, *part) : whole;
    if (part) tell_part(whole, experiment, *part);
    const fs::path file =
        options->count("out") != 0 ? (*options)["out"].as<std::string>() : usual_file(whole, part);
    if (options->count("dry-run") != 0) {
      print_plan(experiment, executor, file);
      continue;
    }
    const unsigned jobs = read_jobs(*options, experiment);
    if (!wants_cluster(*options)) warn_if_crowded(experiment, jobs);
    const exit_status status = run_into(experiment, executor, jobs, file, *options);
    if (status == exit_status::interrupted) return status;
    if (status != exit_status::ok) worst = status;
    if (suite) print_suite_standing(suite->of, experiment, file);
  }
  return worst;
}

}  // namespace

const command run_command{"run", "run an experiment, or resume it", &run_manifests};

}  // namespace ravine::cli
