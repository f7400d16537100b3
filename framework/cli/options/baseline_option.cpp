#include "options/baseline_option.hpp"

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

baseline_choice baseline_of(std::span<const stored_experiment> experiments, const std::string& asked) {
  std::vector<fixed_baseline> fixed;
  for (const stored_experiment& each : experiments) fixed.push_back({each.name, baseline_in(each.manifest)});
  return choose_baseline(asked, fixed);
}

baseline_choice read_baseline(const po::variables_map& options,
                              std::span<const stored_experiment> experiments) {
  return baseline_of(experiments,
                     options.count("baseline") != 0 ? options["baseline"].as<std::string>() : "");
}

}  // namespace ravine::cli
