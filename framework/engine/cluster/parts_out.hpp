#pragma once

#include "cluster/array_files.hpp"
#include "cluster/slurm.hpp"
#include "trial/trial_list.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A part that a task runs, or will run.
struct part_out {
  array_files files;
  std::uint64_t index = 1;
  std::string job;
  trial_list trials;
  std::string version = {};    ///< of its results file that was taken last, see version_of
  bool has_advanced = false;   ///< something of it has been taken
  bool was_set_aside = false;  ///< its results file, which could not be used
  task_state state = {};
  unsigned times_seen_ended = 0;                          ///< by Slurm's account
  std::chrono::steady_clock::time_point seen_ended = {};  ///< the first of these times
};

/// What tells one file of that name from the next one; empty if there is none.
std::string version_of(const std::filesystem::path& file);

/// The arrays in the folder whose trials lie there, oldest first.
std::vector<array_files> arrays_in(const std::filesystem::path& folder);

/// A new array for that folder, whose name no other array of Slurm has.
array_files new_array(const std::filesystem::path& folder);

/// The name of an array's jobs, by which they are found if nobody has noted their number.
std::string job_name(std::string_view experiment, const array_files& files);

/// Takes away what an array has left, but for files that were set aside.
void remove_files(const array_files& files);

/// The ending of a part's file that could not be used.
inline constexpr const char* set_aside_ending = ".damaged";

}  // namespace ravine
