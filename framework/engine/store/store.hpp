#pragma once

#include "store/provenance.hpp"
#include "store/store_error.hpp"
#include "store/stored.hpp"
#include "trial/plan.hpp"
#include "trial/trial_result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

struct merged_file;

/// What the trials of an optimizer on a problem have cost so far.
struct measured_cost {
  std::string problem;    ///< label
  std::string optimizer;  ///< label
  cost spent;             ///< by all of them together
};

/// One SQLite file of results (WAL; one writer). A trial that was saved survives whatever happens to this
/// process; a power failure may cost those of the last second.
class store {
 public:
  /// Opens for writing; makes the file if there is none, and takes that away again if nothing is begun in it.
  /// Throws store_error (not a Ravine file, newer schema, locked by another writer, read-only, full disk,
  /// corrupt).
  static store open(const std::filesystem::path& file);
  /// A store without a file, which goes with this object.
  static store in_memory();
  /// Opens an existing file for reading.
  static store open_read_only(const std::filesystem::path& file);

  store(store&&) noexcept;
  store& operator=(store&&) noexcept;
  ~store();

  /// Records the experiment and the trials that it consists of, so that compare sees exactly those; an
  /// earlier plan of the same name is replaced, its results stay. A part of an experiment takes its place
  /// beside other parts of the same one.
  void begin(const plan& experiment);
  /// Whether the trial has been run to an end that it would meet again: any but interrupted, and time or
  /// memory run out only if its present limit is not higher than the one it had.
  bool has(const planned_trial& trial) const;
  /// Those of the trials that it does not have, in their order.
  trial_list missing(const trial_list& trials) const;
  /// Those of the trials that were cut off, or not begun: `missing` has besides what was lost, or ended by
  /// the kernel for lack of memory, which has a result for now.
  trial_list unfinished(const trial_list& trials) const;
  /// Older versions stored results without the digest of their data. Where no option of the data names a
  /// file, those of the trials get it, and are found from then on. Answers how many of the trials have such
  /// results that stay as they are, since what the files held then is not known, and no others yet.
  std::size_t add_data_digests(const trial_list& trials);
  /// The last value of a metric of the trial of that hash; empty if the trial is not there, did not succeed,
  /// or has no such metric.
  std::optional<double> final_metric(std::string_view hash, const std::string& metric) const;
  /// Saves one trial in one transaction. Its checkpoint goes, unless it was interrupted.
  void save(const planned_trial& trial, const trial_result& result, const provenance& origin);

  /// Takes the trials and checkpoints of a part of an experiment, which was run into a file of its own, as
  /// merging does; in one transaction, which the disk has at the end. `part` is the name of the only
  /// experiment in the file. It is read without locks: nothing may write to it, though another file may take
  /// its place. After a store_error nothing of it has been taken. Throws unwritable_results for this file.
  merged_file take(const std::filesystem::path& file, const std::string& part);
  /// Makes `copy` hold what is saved by now, whatever it held before.
  void copy_to(const std::filesystem::path& copy) const;
  /// By the latest plan of that experiment, of trials that have ended by themselves.
  std::vector<measured_cost> measured_costs(const std::string& experiment) const;
  /// On which its trials were run.
  std::vector<std::string> processors(const std::string& experiment) const;

  /// Keeps the checkpoint of an unfinished trial, in place of its last one. At most `largest_checkpoint`
  /// bytes.
  void save_checkpoint(std::string_view hash, std::span<const std::byte> state, double seconds,
                       const provenance& origin);
  /// Keeps the state in which a trial ended, in place of that of an earlier one of the same lineage_hash.
  void save_end_state(std::string_view lineage, std::span<const std::byte> state, double seconds,
                      const provenance& origin);
  std::optional<stored_checkpoint> end_state_of(std::string_view lineage) const;
  static constexpr std::size_t largest_checkpoint = 999'000'000;  ///< SQLite's rows have at most 1e9
  std::optional<stored_checkpoint> checkpoint_of(std::string_view hash) const;

  /// The trials of the latest plan of each experiment that have results, in plan order. `shorten` may take
  /// away from each what is not needed, before the next one is read.
  std::vector<stored_trial> trials(const std::function<void(stored_trial&)>& shorten = {}) const;
  /// All values that plans and trials ask about as targets, of whatever metric.
  std::set<double> targets() const;
  /// How many of the trials of that experiment's latest plan have ended in which way.
  std::map<trial_status, std::uint64_t> endings(const std::string& experiment) const;
  std::vector<stored_experiment> experiments() const;
  trajectory trajectory_of(std::int64_t trial_id) const;
  std::vector<evaluation> curve_of(std::int64_t trial_id) const;

  /// Keeps a range test in place of an earlier one of the same names.
  void save(const stored_range_test& test, const provenance& origin);
  std::vector<stored_range_test> range_tests() const;

  struct opened;  ///< for this folder alone

 private:
  friend class results_merge;
  explicit store(std::unique_ptr<opened> file);
  std::unique_ptr<opened> opened_;
};

}  // namespace ravine
