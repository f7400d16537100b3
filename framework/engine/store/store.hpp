#pragma once

#include "error.hpp"
#include "experiment/plan.hpp"
#include "train/range_test.hpp"
#include "train/trial_result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
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
  unsigned cores = 0;   ///< of the machine; 0 if that is not known
};

/// This program on this machine.
provenance current_provenance(unsigned jobs);

/// A trial read back: enough to compare; its path over a landscape is read with trajectory_of.
struct stored_trial {
  std::int64_t id = 0;
  std::string experiment;
  std::string problem;                        ///< label
  std::string optimizer;                      ///< label
  settings point;                             ///< the searched values; empty without search
  std::map<std::string, double> shares = {};  ///< see planned_trial
  std::uint64_t repetition = 0;
  trial_role role = trial_role::result;
  std::string spec;           ///< canonical JSON of what determined the outcome, see to_json
  std::string target_metric;  ///< empty if the trial had none
  double target_value = 0;
  trial_result result;  ///< path left empty
  provenance origin;
};

/// An experiment as it was last planned.
struct stored_experiment {
  std::string name;
  std::string manifest;  ///< as it was run
  std::uint64_t seed = 1;
  std::uint64_t repetitions = 1;
  std::string planned_at;      ///< UTC, "2026-01-31 12:00:00"
  std::uint64_t planned = 0;   ///< trials
  std::uint64_t finished = 0;  ///< of these, that have results
};

/// A learning-rate range test, the latest of an optimizer on a problem.
struct stored_range_test {
  std::string experiment;
  std::string problem;    ///< label
  std::string optimizer;  ///< label
  double smoothing = 0;   ///< see range_test_settings
  range_curve curve;
};

/// The state of an unfinished trial.
struct stored_checkpoint {
  std::vector<std::byte> state;  ///< see train/checkpoint
  double seconds = 0;            ///< of wall-clock time that led there
  std::string machine;
  std::string build;
};

/// One SQLite file of results (WAL; one writer). A trial that was saved survives whatever happens to this
/// process; a power failure may cost those of the last second.
class store {
 public:
  /// Opens for writing; makes the file if there is none, and takes that away again if nothing is begun in it.
  /// Throws store_error (not a Ravine file, newer schema,
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
  /// Whether the trial has been run to an end that it would meet again: any but interrupted, and time or
  /// memory run out only if its present limit is not higher than the one it had.
  bool has(const planned_trial& trial) const;
  /// Those of the trials that it does not have, in their order.
  std::vector<planned_trial> missing(const std::vector<planned_trial>& trials) const;
  /// The last value of a metric of the trial of that hash; empty if the trial is not there, did not succeed,
  /// or has no such metric.
  std::optional<double> final_metric(std::string_view hash, const std::string& metric) const;
  /// Saves one trial in one transaction. Its checkpoint goes, unless it was interrupted.
  void save(const planned_trial& trial, const trial_result& result, const provenance& origin);

  /// Keeps the checkpoint of an unfinished trial, in place of its last one. At most `largest_checkpoint`
  /// bytes.
  void save_checkpoint(std::string_view hash, std::span<const std::byte> state, double seconds,
                       const provenance& origin);
  static constexpr std::size_t largest_checkpoint = 999'000'000;  ///< SQLite's rows have at most 1e9
  std::optional<stored_checkpoint> checkpoint_of(std::string_view hash) const;

  /// The trials of the latest plan of each experiment that have results, in plan order.
  std::vector<stored_trial> trials() const;
  /// How many of the trials of that experiment's latest plan have ended in which way.
  std::map<trial_status, std::uint64_t> endings(const std::string& experiment) const;
  std::vector<stored_experiment> experiments() const;
  trajectory trajectory_of(std::int64_t trial_id) const;

  /// Keeps a range test in place of an earlier one of the same names.
  void save(const stored_range_test& test, const provenance& origin);
  std::vector<stored_range_test> range_tests() const;

 private:
  struct opened;
  explicit store(std::unique_ptr<opened> file);
  std::unique_ptr<opened> opened_;
};

}  // namespace ravine
