#pragma once

#include "cluster/slurm_executor.hpp"
#include "store/store.hpp"
#include "trial/plan.hpp"

#include <filesystem>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

namespace ravine::cli {

/// --on, --slurm, --shared and --require.
void add_cluster_options(boost::program_options::options_description& options);
/// Throws usage_error for values and combinations that make no sense.
void check_cluster_options(const boost::program_options::variables_map& options);
/// --require alone, which a task has, too.
void add_require_option(boost::program_options::options_description& options);
void check_require_option(const boost::program_options::variables_map& options);
bool wants_cluster(const boost::program_options::variables_map& options);

/// An experiment that runs on a cluster.
class cluster_run {
 public:
  /// `file` holds the results; parts lie beside it, or where --shared says. All outlive this. Throws
  /// usage_error for options of sbatch that are ours to give.
  cluster_run(const boost::program_options::variables_map& options, const plan& experiment,
              const std::filesystem::path& file, store& results, executor& here);

  executor& by() { return executor_; }
  /// Names the jobs that still run, and how to end them.
  void tell_left() const;
  /// Sums up what was submitted, after the end of the experiment.
  void finish() const;

 private:
  std::string name_;  // of the experiment
  slurm_executor executor_;
};

}  // namespace ravine::cli
