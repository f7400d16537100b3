#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace ravine::testing {

/// A temporary folder, gone at the end.
class work_folder {
 public:
  work_folder();
  ~work_folder();
  work_folder(const work_folder&) = delete;
  work_folder& operator=(const work_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  /// Writes a file of that name.
  std::filesystem::path write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

/// What the file holds; "" if it can't be read.
std::string text_of(const std::filesystem::path& file);

/// How a program ended and what it said.
struct outcome {
  int status = -1;  ///< exit status; -SIGNAL if a signal ended it
  std::string out;  ///< standard output
  std::string err;  ///< standard error
};

enum class error_stream {
  file,
  terminal,
  terminal_with_output  ///< standard output is shown on the terminal as well
};

/// `ravine` at work in a folder and a process group of its own, with no plugins or data but this build's and
/// what `environment` says.
class program {
 public:
  program(const work_folder& folder, const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment = {}, error_stream err = error_stream::file);
  /// Kills it if it still runs.
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  pid_t id() const { return process_; }
  /// What it has written to standard error up to now.
  std::string err() const;
  /// Waits until standard error contains `text`: false if the program ended, or half a minute passed, before.
  bool says(const std::string& text);
  void send(int signal) const;
  /// Waits for its end.
  outcome finish();
  /// The same for at most so long; nothing if it still runs then.
  std::optional<outcome> finish_within(std::chrono::seconds most);

 private:
  bool has_ended();
  void read_terminal();

  std::filesystem::path out_, err_;
  int terminal_ = -1;  // the side of a pseudo-terminal that is watched; -1 if standard error is a file
  std::string shown_;  // on the terminal
  pid_t process_ = -1;
  int wait_status_ = 0;
  bool ended_ = false;
};

/// The one child of a process; -1 if it has none.
pid_t child_of(pid_t parent);

/// The worker of a `ravine run` with one job, a child of the process that starts workers, once it has a child
/// of its own, which computes a trial. -1 if there is none within ten seconds.
pid_t worker_of(const program& running);

/// Runs `ravine` to its end.
outcome run_ravine(const work_folder& folder, const std::vector<std::string>& arguments,
                   const std::map<std::string, std::string>& environment = {});

/// What a wrong command line is told. Expects the exit status of one, and nothing on standard output.
std::string usage_error(const outcome& wrong);

}  // namespace ravine::testing
