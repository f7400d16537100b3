#pragma once

#include "trial/trial_list.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ravine {

/// What the tasks of one job array run, as they read it.
struct array_trials {
  std::string experiment;    ///< name
  std::string build_sha256;  ///< of the program that wrote it: no other one can read the trials
  std::vector<trial_list> parts;
};

/// The files by which a command and the tasks of one job array speak with each other. They lie in one folder
/// that all machines share. Each is written under another name and renamed, so that none is seen half
/// written, and none is locked.
class array_files {
 public:
  array_files(std::filesystem::path folder, std::string array)
      : folder_(std::move(folder)), array_(std::move(array)) {}
  /// By the file that `trials` answers.
  explicit array_files(const std::filesystem::path& trials)
      : array_files(trials.parent_path(), trials.stem().string()) {}

  /// "0001-5f3a9c21": a number, and what tells it from an array of the same number in an earlier folder.
  const std::string& array() const { return array_; }
  /// "0001-5f3a9c21-7"; parts are counted from 1.
  std::string part(std::uint64_t index) const;

  std::filesystem::path trials() const;                      ///< see array_trials
  std::filesystem::path job() const;                         ///< the number that the batch system gave
  std::filesystem::path results(std::uint64_t index) const;  ///< a results file
  std::filesystem::path refusal(std::uint64_t index) const;  ///< why a task ran nothing, see refused_part
  std::filesystem::path log(std::uint64_t index) const;      ///< what the task printed

 private:
  std::filesystem::path of_part(std::uint64_t index, const char* ending) const;

  std::filesystem::path folder_;
  std::string array_;
};

/// A task that runs nothing says why, and where it was.
struct refused_part {
  std::string node;
  std::string reason;
};

/// All throw ravine::error that names the file.
void write_trials(const std::filesystem::path& file, const array_trials& trials);
/// Throws too if another build wrote it.
array_trials read_trials(const std::filesystem::path& file);
/// The one part, without reading the others.
trial_list read_part(const std::filesystem::path& file, std::uint64_t index);
/// What a file of trials says before the trials, whatever build wrote it.
struct array_head {
  std::string experiment;
  std::uint64_t parts = 0;
};
array_head read_head(const std::filesystem::path& file);

void write_refusal(const std::filesystem::path& file, const refused_part& refused);
refused_part read_refusal(const std::filesystem::path& file);

/// In the folder: the kind of processor that all tasks run on, where that is asked for.
std::filesystem::path processor_file(const std::filesystem::path& folder);

/// A small text, written at once.
void write_text(const std::filesystem::path& file, const std::string& text);
std::string read_text(const std::filesystem::path& file);

/// Copies a file to where others look for it, whole.
void publish(const std::filesystem::path& from, const std::filesystem::path& to);

/// A folder on this machine's own disk ($TMPDIR, else /tmp), which goes with this object.
class scratch_folder {
 public:
  /// Throws ravine::error.
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace ravine
