#pragma once

#include <string>

namespace ravine {

/// Where and with what a trial was run.
struct provenance {
  std::string machine;  ///< processor, cores, kernel
  std::string build;    ///< Ravine's version, compiler, build type
  unsigned jobs = 1;    ///< workers at that time
  unsigned cores = 0;   ///< of the machine; 0 if that is not known
};

/// This program on this machine.
provenance current_provenance(unsigned jobs);

}  // namespace ravine
