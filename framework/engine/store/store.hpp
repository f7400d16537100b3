#pragma once

#include "error.hpp"
#include "experiment/plan.hpp"
#include "train/trial_result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// Anything wrong with a results file.
struct store_error : error {
  using error::error;
};

/// Where and with what a trial was run.
struct provenance {
  std::string machine;  ///< processor, cores, kernel
  std::string build;    ///< Ravine's version, compiler, build type
  unsigned jobs = 1;    ///< workers at that time
};

/// This program on this machine.
provenance current_provenance(unsigned jobs);

/// A trial read back: enough to compare; its path over a landscape is read with trajectory_of.
struct stored_trial {
  std::int64_t id = 0;
  std::string experiment;
  std::string problem;    ///< label
  std::string optimizer;  ///< label
  settings point;         ///< the searched values; empty without search
  std::uint64_t repetition = 0;
  trial_role role = trial_role::result;
  std::string spec;           ///< canonical JSON of what determined the outcome, see to_json
  std::string target_metric;  ///< empty if the trial had none
  double target_value = 0;
  trial_result result;  ///< path left empty
  provenance origin;
};

/// One SQLite file of results (WAL; one writer). A trial that was saved is durable.
class store {
 public:
  /// Opens for writing; makes the file if there is none. Throws store_error (not a Ravine file, newer schema,
  /// locked by another writer, read-only, full disk, corrupt).
  static store open(const std::filesystem::path& file);
  /// Opens an existing file for reading.
  static store open_read_only(const std::filesystem::path& file);

  store(store&&) noexcept;
  store& operator=(store&&) noexcept;
  ~store();

  /// Records the experiment and the trials that it consists of, so that compare sees exactly those; an
  /// earlier plan of the same name is replaced, its results stay.
  void begin(const plan& experiment);
  /// Whether a trial of that hash has been run to an end of any kind but interrupted.
  bool has(std::string_view hash) const;
  /// The last value of a metric of the trial of that hash; empty if the trial is not there, did not succeed,
  /// or has no such metric.
  std::optional<double> final_metric(std::string_view hash, const std::string& metric) const;
  /// Saves one trial in one transaction.
  void save(const planned_trial& trial, const trial_result& result, const provenance& origin);

  /// The trials of the latest plan of each experiment that have results, in plan order.
  std::vector<stored_trial> trials() const;
  trajectory trajectory_of(std::int64_t trial_id) const;

 private:
  struct impl;
  explicit store(std::unique_ptr<impl> opened);
  std::unique_ptr<impl> impl_;
};

}  // namespace ravine
