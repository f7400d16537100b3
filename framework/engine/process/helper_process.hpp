#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace ravine::cli {

/// This program once more, in a process that loads plugins so that the server need not: lines go in, lines
/// come out. Killed when this object goes.
class helper_process {
 public:
  /// Starts `ravine ARGUMENTS…`. May be called from any thread. Throws ravine::error.
  explicit helper_process(const std::vector<std::string>& arguments);
  ~helper_process();
  helper_process(const helper_process&) = delete;
  helper_process& operator=(const helper_process&) = delete;

  /// False if the process is gone.
  bool send(const std::string& line);

  enum class reading { line, nothing_yet, ended };
  /// Waits at most so long for the next line.
  reading read(std::string& line, double seconds);

 private:
  void finish();

  pid_t process_ = -1;
  int input_ = -1;   // what it reads
  int output_ = -1;  // what it writes
  std::string received_;
};

}  // namespace ravine::cli
