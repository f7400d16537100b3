#include "options/baseline_option.hpp"

#include "core/error.hpp"
#include "manifest/stored_manifest.hpp"

#include <string>
#include <vector>

namespace ravine::cli {

namespace po = boost::program_options;

void add_baseline_option(po::options_description& options) {
  options.add_options()(
      "baseline", po::value<std::string>()->value_name("LABEL"),
      "add paired differences of each optimizer to this one (default: the manifest's baseline)");
}

namespace {

/// Of a manifest that can't be read, the results can be compared all the same.
fixed_baseline fixed_by(const stored_experiment& experiment) {
  try {
    return {experiment.name, baseline_in(experiment.manifest)};
  } catch (const error& problem) {
    return {experiment.name, "", problem.what()};
  }
}

}  // namespace

baseline_choice baseline_of(std::span<const stored_experiment> experiments, const std::string& asked) {
  std::vector<fixed_baseline> fixed;
  for (const stored_experiment& each : experiments) fixed.push_back(fixed_by(each));
  return choose_baseline(asked, fixed);
}

baseline_choice read_baseline(const po::variables_map& options,
                              std::span<const stored_experiment> experiments) {
  return baseline_of(experiments,
                     options.count("baseline") != 0 ? options["baseline"].as<std::string>() : "");
}

}  // namespace ravine::cli
