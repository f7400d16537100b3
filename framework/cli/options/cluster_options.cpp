#include "options/cluster_options.hpp"

#include "cluster/slurm.hpp"
#include "core/counted.hpp"
#include "core/error.hpp"
#include "options/usage.hpp"
#include "text/output.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using texts = std::vector<std::string>;

texts words_in(const po::variables_map& options, const char* name) {
  texts words;
  if (options.count(name) == 0) return words;
  std::istringstream in(options[name].as<std::string>());
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// This command's options that a task has, too.
texts task_command(const po::variables_map& options) {
  texts words{fs::read_symlink("/proc/self/exe").string(), "task"};
  for (const std::string& folder : texts_of(options, "plugins")) {
    words.insert(words.end(), {"--plugins", fs::absolute(folder).string()});
  }
  for (const char* flag : {"unconfined", "allow-writable"}) {
    if (options.count(flag) != 0) words.push_back(fmt::format("--{}", flag));
  }
  if (options.count("blas-kernel") != 0) {
    words.insert(words.end(), {"--blas-kernel", options["blas-kernel"].as<std::string>()});
  }
  if (options.count("jobs") != 0) {
    words.insert(words.end(), {"--jobs", fmt::format("{}", options["jobs"].as<unsigned>())});
  }
  if (options.count("require") != 0) words.insert(words.end(), {"--require", "same-processor"});
  return words;
}

slurm_settings settings_of(const po::variables_map& options, const plan& experiment, const fs::path& file) {
  fs::path folder = fs::absolute(file);
  if (options.count("shared") != 0)
    folder = fs::absolute(options["shared"].as<std::string>()) / file.filename();
  folder.replace_extension(".parts");
  return {.experiment = experiment.name,
          .folder = folder,
          .options = words_in(options, "slurm"),
          .task = task_command(options),
          .same_processor = options.count("require") != 0};
}

}  // namespace

void add_cluster_options(po::options_description& options) {
  options.add_options()("on", po::value<std::string>()->value_name("slurm"),
                        "run the trials as jobs of Slurm; the results file is the one that one machine would "
                        "have written (docs/cluster.md)")(
      "slurm", po::value<std::string>()->value_name("OPTIONS"),
      "options of sbatch, without their dashes: \"partition=cpu time=2:00:00 cpus-per-task=4\"")(
      "shared", po::value<std::string>()->value_name("FOLDER"),
      "with --on: folder that all machines share, for the files of the parts, where the results file lies "
      "elsewhere (default: beside that)");
  add_require_option(options);
}

void add_require_option(po::options_description& options) {
  options.add_options()("require", po::value<std::string>()->value_name("same-processor"),
                        "with --on: run all trials on one kind of processor, for the same bits");
}

void check_require_option(const po::variables_map& options) {
  if (options.count("require") == 0) return;
  const auto what = options["require"].as<std::string>();
  if (what != "same-processor") throw wrong_value("require", what, "same-processor");
}

void check_cluster_options(const po::variables_map& options) {
  if (options.count("on") == 0) {
    for (const char* name : {"slurm", "shared", "require"}) {
      if (options.count(name) != 0) throw usage_error(fmt::format("--{} goes with --on slurm", name));
    }
    return;
  }
  const auto on = options["on"].as<std::string>();
  if (on != "slurm") throw wrong_value("on", on, "slurm; other batch systems run parts, see docs/cluster.md");
  if (options.count("part") != 0) {
    throw usage_error("--part and --on exclude each other: --on slurm cuts the experiment into parts itself");
  }
  check_require_option(options);
  try {
    const slurm checked(words_in(options, "slurm"));
  } catch (const error& problem) {
    throw usage_error(fmt::format("--slurm: {}", problem.what()));
  }
}

bool wants_cluster(const po::variables_map& options) { return options.count("on") != 0; }

cluster_run::cluster_run(const po::variables_map& options, const plan& experiment, const fs::path& file,
                         store& results, executor& here)
    : name_(experiment.name), executor_(settings_of(options, experiment, file), results, here) {}

void cluster_run::tell_left() const {
  if (executor_.left().empty()) return;
  print_note(
      "{} {} on: the same command takes in what they do; to end them: scancel {}\n",
      executor_.left().size() == 1 ? "job" : "jobs",
      fmt::format("{} {}", fmt::join(executor_.left(), ", "), executor_.left().size() == 1 ? "goes" : "go"),
      fmt::join(executor_.left(), " "));
}

void cluster_run::finish() const {
  executor_.forget_folder();
  if (executor_.submitted() > 0) {
    print_note("{}: {} submitted\n", name_, counted(executor_.submitted(), "job array"));
  }
}

}  // namespace ravine::cli
