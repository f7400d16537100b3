#pragma once

#include "program.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ravine::testing {

/// A folder in which a bad plugin is let loose, and what has to be as before when all is over: files that are
/// none of its business, and the machine's processes.
class bystanders {
 public:
  bystanders();
  /// Ends processes that are left.
  ~bystanders();
  bystanders(const bystanders&) = delete;
  bystanders& operator=(const bystanders&) = delete;

  /// Results go to its folder "out", which alone may change.
  const work_folder& folder() const { return folder_; }
  std::filesystem::path results() const { return folder_ / "out" / "results.db"; }

  /// Runs `ravine` there for at most so long; nothing if it had to be killed.
  std::optional<outcome> run(const std::vector<std::string>& arguments, std::chrono::seconds most);

  /// Processes that descend from a run and have not ended, even a second after it: "ID name" each.
  std::vector<std::string> processes_left() const;
  /// Files that are new, gone or changed in content, mode or time: "new: NAME" each.
  std::vector<std::string> changed_files() const;
  /// What they are now is what they are expected to be.
  void remember_files() { before_ = files(); }

 private:
  std::vector<pid_t> descendants() const;
  std::map<std::string, std::string> files() const;

  work_folder folder_;
  std::string mark_;  // in the environment of what is run
  std::map<std::string, std::string> before_;
};

/// One line of the table that the tests print.
void print_row(const std::string& kind, const std::string& how, double seconds, const std::string& what);

}  // namespace ravine::testing
