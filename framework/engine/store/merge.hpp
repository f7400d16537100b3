#pragma once

#include "store/store.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ravine {

/// The file that results are put together in can't be written. store_error is for one that is read.
struct unwritable_results : store_error {
  using store_error::store_error;
};

/// Whoever waits for the merge has asked to stop.
struct merge_stopped : store_error {
  using store_error::store_error;
};

/// What has become of the trials of one file.
struct merged_file {
  std::uint64_t trials = 0;     ///< that it holds
  std::uint64_t added = 0;      ///< of which there was no trial
  std::uint64_t replaced = 0;   ///< better than what there was: which had been cut off, or lacked a resource
  std::uint64_t conflicts = 0;  ///< with other results than what there was, which is kept
  std::string conflict = {};    ///< one of them in words
  std::uint64_t checkpoints = 0;                       ///< that were taken
  std::map<trial_status, std::uint64_t> endings = {};  ///< of those added or replaced
  std::vector<std::string> replanned = {};             ///< experiments that are there with another manifest
};

/// Puts results files together in one, trial by trial by their hashes. What is there first stays, but for
/// trials that were cut off or lacked a resource and have come further in another file. Everything happens or
/// nothing: until finish() the file stays as it was, or does not exist.
class results_merge {
 public:
  /// Opens the file that the others are put together in; makes it if there is none. `go_on` is asked often.
  /// Throws store_error.
  results_merge(const std::filesystem::path& output, std::function<bool()> go_on);
  ~results_merge();
  results_merge(const results_merge&) = delete;
  results_merge& operator=(const results_merge&) = delete;

  /// Takes all that a file holds. After a store_error, nothing of it has been taken, and others still can be.
  /// Throws unwritable_results and merge_stopped, after which nothing can.
  merged_file take(const std::filesystem::path& input);

  /// Answers the experiments that the file holds from now on. Throws unwritable_results.
  std::vector<stored_experiment> finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace ravine
