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

  /// Its cache has what the first command finds out about shipped plugins, which takes that a second.
  void know_shipped_plugins();

  /// For a `ravine` that is started there: descendants are known by it.
  std::map<std::string, std::string> environment() const;
  /// Runs `ravine` there for at most so long; nothing if it had to be killed.
  std::optional<outcome> run(const std::vector<std::string>& arguments, std::chrono::seconds most);

  /// What should not be there any more: processes that descend from a run and have not ended a second after
  /// it, and files that are new, gone or changed in content, mode or time.
  std::vector<std::string> traces_left() const;
  /// The files as they are now are expected to stay.
  void remember_files() { before_ = files(); }

 private:
  std::vector<pid_t> descendants() const;
  std::vector<pid_t> descendants_that_stay() const;
  std::map<std::string, std::string> files() const;

  work_folder folder_;
  std::string mark_;  // of the environment
  std::map<std::string, std::string> before_;
};

/// One line of the table that the tests print: what was done, how, and what came of it.
void print_row(const std::string& kind, const std::string& how, std::chrono::duration<double> taken,
               const std::string& what, const std::vector<std::string>& traces);

}  // namespace ravine::testing
