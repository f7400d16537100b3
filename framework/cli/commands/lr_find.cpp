#include "commands/command.hpp"
#include "core/counted.hpp"
#include "manifest/manifest.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "run/dataset_cache.hpp"
#include "run/range_test_process.hpp"
#include "store/store.hpp"
#include "text/lr_find_text.hpp"
#include "text/output.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
using texts = std::vector<std::string>;

usage lr_find_usage() {
  usage expected{
      .synopsis = "ravine lr-find MANIFEST [options]",
      .description =
          "Suggests a learning rate for each optimizer on each problem of a manifest, in two stages. A "
          "range test\n"
          "(Smith 2015, arXiv:1506.01186): lr grows by a constant factor per step until the loss "
          "diverges; the\n"
          "rate at which the smoothed loss falls fastest, and a tenth of the one at which it is "
          "lowest, are told.\n"
          "Then short trainings at constant rates: from the steepest fall lr is doubled or halved as "
          "long as the\n"
          "final loss gets lower, and the best is suggested. Where there is none, the reason is told.\n"
          "\n"
          "A search is represented by its first point. Rates are as the optimizer gets them: with\n"
          "scale_lr_with_batch, divide by batch size / reference. The results file stores the latest "
          "curve and\n"
          "suggestion of each (view range_curves).\n",
      .options = po::options_description(),
      .positional = "manifest"};
  const range_test_settings usual;
  expected.options.add_options()("out", po::value<std::string>()->value_name("FILE.db"),
                                 "results file (default: NAME.db, where NAME is the experiment's)")(
      "from", po::value<double>()->default_value(usual.from, "1e-7")->value_name("LR"),
      "lr at the first step")("to", po::value<double>()->default_value(usual.to, "10")->value_name("LR"),
                              "lr at the end of the range")(
      "steps", po::value<std::uint64_t>()->default_value(usual.steps)->value_name("N"),
      "steps from --from to --to")(
      "smoothing", po::value<double>()->default_value(usual.smoothing, "0.9")->value_name("SHARE"),
      "weight of the past in the smoothed loss, 0 to below 1")(
      "tries", po::value<std::uint64_t>()->default_value(usual.tries)->value_name("N"),
      "most short trainings, of --steps steps each; 0: suggest the steepest fall")(
      "format", po::value<std::string>()->default_value("table")->value_name("FORMAT"),
      "table (with plots), csv or json (with every point)")(
      "set", po::value<texts>()->value_name("PATH=VALUE"), "change the manifest (repeatable)");
  add_plugin_options(expected.options);
  return expected;
}

range_test_settings read_range(const po::variables_map& options) {
  constexpr std::uint64_t most_steps = 1'000'000;
  constexpr std::uint64_t most_tries = 100;
  const range_test_settings how{options["from"].as<double>(), options["to"].as<double>(),
                                options["steps"].as<std::uint64_t>(), options["smoothing"].as<double>(),
                                options["tries"].as<std::uint64_t>()};
  if (!(how.from > 0)) throw wrong_value("from", how.from, "a number above 0");
  if (!(how.to > how.from && how.to <= 1e300)) {
    throw wrong_value("to", how.to, fmt::format("a number above --from, {}", how.from));
  }
  if (how.steps < 2 || how.steps > most_steps) {
    throw wrong_value("steps", how.steps, fmt::format("2 to {}", most_steps));
  }
  if (!(how.smoothing >= 0 && how.smoothing < 1)) {
    throw wrong_value("smoothing", how.smoothing, "0 to below 1");
  }
  if (how.tries > most_tries) throw wrong_value("tries", how.tries, fmt::format("0 to {}", most_tries));
  return how;
}

plan read_plan(const po::variables_map& options, const registry& plugins) {
  const texts manifests = texts_of(options, "manifest");
  if (manifests.size() != 1) {
    throw usage_error(
        fmt::format("found {} manifests, expected one\nUsage: ravine lr-find MANIFEST [options]\nSee --help.",
                    manifests.size()));
  }
  const texts changes = texts_of(options, "set");
  try {
    return load_manifest(manifests[0], changes, plugins);
  } catch (const manifest_error& problem) {
    throw usage_error(fmt::format("a manifest can't be used:\n{}", problem.what()));
  }
}

/// The first trial of each optimizer on each problem, in the order of the plan.
std::vector<planned_trial> first_trials(const plan& experiment) {
  std::vector<planned_trial> firsts;
  for (const planned_trial& trial : experiment.trials.configurations()) {
    const bool known = std::ranges::any_of(firsts, [&](const planned_trial& each) {
      return each.spec.problem.label == trial.spec.problem.label &&
             each.spec.optimizer.label == trial.spec.optimizer.label;
    });
    if (!known) firsts.push_back(trial);
  }
  return firsts;
}

exit_status find_rates(std::span<const std::string> arguments) {
  const auto options = parse(lr_find_usage(), arguments);
  if (!options) return exit_status::ok;
  const std::string format = read_choice(*options, "format", {"table", "csv", "json"});
  const range_test_settings how = read_range(*options);
  const registry plugins = load_plugins(*options);
  const plan experiment = read_plan(*options, plugins);
  const std::vector<planned_trial> trials = first_trials(experiment);
  store results =
      store::open(options->count("out") != 0 ? (*options)["out"].as<std::string>() : experiment.name + ".db");
  const provenance origin = current_provenance(1);
  dataset_cache data;
  data.load(trials);
  std::vector<found_rate> all;
  bool faults = false;
  for (const planned_trial& trial : trials) {
    const trial_spec& spec = trial.spec;
    print_note("{} · {}: {}, and up to {}\n", spec.problem.label, spec.optimizer.label,
               counted(how.steps, "step"), counted(how.tries, "training"));
    all.push_back({spec.problem.label, spec.optimizer.label,
                   run_range_test_in_process(spec, plugins, data.of(spec), how)});
    results.save({experiment.name, spec.problem.label, spec.optimizer.label, how.smoothing, all.back().curve},
                 origin);
    faults = faults || !all.back().curve.fault.empty();
  }
  write_result(format == "table" ? rates_text(all) : format == "csv" ? rates_csv(all) : rates_json(all));
  return faults ? exit_status::trial_failed : exit_status::ok;
}

}  // namespace

const command lr_find_command{"lr-find", "find the learning rate of each optimizer of a manifest",
                              &find_rates};

}  // namespace ravine::cli
