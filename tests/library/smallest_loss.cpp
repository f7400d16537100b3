// Ravine as a library: a manifest read, planned, run in this process and compared, without the program.
#include "compare/comparison.hpp"
#include "manifest/manifest.hpp"
#include "run/in_process.hpp"
#include "tuning/run_experiment.hpp"

#include <cstdio>

/// Watches nothing, and lets everything run to its end.
struct quiet : ravine::experiment_listener {
  void trial_began(const ravine::planned_trial&) override {}
  void trial_advanced(const ravine::planned_trial&, const ravine::cost&, std::uint64_t, double) override {}
  void trial_ended(const ravine::planned_trial&, const ravine::trial_result&) override {}
  command next() override { return command::go_on; }
};

/// smallest_loss PLUGINS MANIFEST RESULTS.db
int main(int count, char** arguments) try {
  if (count != 4) return 2;
  ravine::registry plugins;
  plugins.scan(arguments[1]);
  const ravine::plan experiment = ravine::load_manifest(arguments[2], {}, plugins);
  ravine::store results = ravine::store::open(arguments[3]);
  ravine::in_process_executor executor(plugins);
  quiet listener;
  ravine::run_experiment(experiment, results, executor, listener, ravine::current_provenance(1));
  for (const ravine::problem_summary& problem : ravine::compare(results.trials()).problems) {
    for (const ravine::configuration_summary& line : problem.configurations) {
      std::printf("%s %s %.6g\n", problem.problem.c_str(), line.name().c_str(), line.scores.at(0).median);
    }
  }
} catch (const ravine::error& problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return 1;
}
