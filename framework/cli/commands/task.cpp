#include "cluster/part_task.hpp"
#include "commands/command.hpp"
#include "core/error.hpp"
#include "options/cluster_options.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "process/interrupt.hpp"
#include "run/blas_kernel.hpp"
#include "run/worker_executor.hpp"
#include "text/output.hpp"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
using texts = std::vector<std::string>;

usage task_usage() {
  usage expected{.synopsis = "ravine task FILE.trials [options]",
                 .description =
                     "Runs one part of an experiment, as a task of a job array: ravine run --on slurm "
                     "submits these. The\n"
                     "number of the part is that of the task.\n",
                 .options = po::options_description(),
                 .positional = "trials"};
  expected.options.add_options()("jobs", po::value<unsigned>()->default_value(0)->value_name("N"),
                                 "trials to run in parallel (default: one per core)")(
      "blas-kernel", po::value<std::string>()->value_name("NAME"), "OpenBLAS's kernel for all trials");
  add_require_option(expected.options);
  add_plugin_options(expected.options);
  return expected;
}

/// Nothing where it is not set, or no number.
std::uint64_t number_in_environment(const char* name) {
  const char* const text = std::getenv(name);
  std::uint64_t number = 0;
  if (text != nullptr) std::from_chars(text, text + std::string_view(text).size(), number);
  return number;
}

/// Says little: what trials did is in their results.
class task_listener : public run_listener {
 public:
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial&, const trial_result&) override {}
  void noticed(const std::string& what) override { print_note("{}\n", what); }
  /// Whoever signals a task is about to end it.
  command next() override {
    if (interrupt_watch::count() == 0) return command::go_on;
    return interrupt_watch::asked() == interruption::stop ? command::stop_now : command::leave;
  }
};

exit_status run_task(std::span<const std::string> arguments) {
  const auto options = parse(task_usage(), arguments);
  if (!options) return exit_status::ok;
  const texts files = texts_of(*options, "trials");
  if (files.size() != 1) throw usage_error("one file of trials is expected\nSee ravine task --help.");
  check_require_option(*options);
  part_task task{.trials = files[0],
                 .index = number_in_environment("SLURM_ARRAY_TASK_ID"),
                 .jobs = (*options)["jobs"].as<unsigned>(),
                 .starts = number_in_environment("SLURM_RESTART_COUNT"),
                 .same_processor = options->count("require") != 0};
  if (task.index == 0) {
    throw usage_error(
        "SLURM_ARRAY_TASK_ID is not set: this command is for the tasks of ravine run --on slurm; to run a "
        "part "
        "by hand, see ravine run --part");
  }
  if (options->count("blas-kernel") != 0) pin_blas_kernel((*options)["blas-kernel"].as<std::string>());
  const interrupt_watch watch;
  const registry plugins = load_plugins(*options);
  worker_executor executor(plugins);  // while this process is small
  task_listener listener;
  switch (run_part(task, plugins, executor, listener)) {
    case part_ending::finished:
      return exit_status::ok;
    case part_ending::interrupted:
      return exit_status::interrupted;
    case part_ending::refused:
      break;
  }
  return exit_status::trial_failed;
}

}  // namespace

const command task_command{"task", "run a part of an experiment, as a job of ravine run --on slurm",
                           &run_task};

}  // namespace ravine::cli
