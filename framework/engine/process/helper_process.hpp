#pragma once

#include "process/child_process.hpp"
#include "process/descriptor.hpp"

#include <string>
#include <vector>

namespace ravine {

/// This program once more, in a process that loads plugins so that the server need not: lines go in, lines
/// come out. Killed when this object goes.
class helper_process {
 public:
  /// Starts `ravine ARGUMENTS…`. May be called from any thread. Throws ravine::error.
  explicit helper_process(const std::vector<std::string>& arguments);

  /// Ends the process; whoever reads finds the end. May be called while another thread sends or reads.
  void end() const;

  /// False if the process is gone.
  bool send(const std::string& line);

  enum class reading { line, nothing_yet, ended };
  /// Waits at most so long for the next line.
  reading read(std::string& line, double seconds);

 private:
  child_process child_;
  descriptor input_;   // what it reads
  descriptor output_;  // what it writes
  std::string received_;
};

}  // namespace ravine
