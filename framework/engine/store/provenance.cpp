#include "store/provenance.hpp"

#include "process/resources.hpp"

#include <fstream>
#include <string>

#include <fmt/format.h>
#include <sys/utsname.h>

namespace ravine {
namespace {

/// As /proc/cpuinfo has it; "unknown processor" where it does not say.
std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t value = line.find(": ");
    if (line.starts_with("model name") && value != std::string::npos) return line.substr(value + 2);
  }
  return "unknown processor";
}

}  // namespace

provenance current_provenance(unsigned jobs) {
  utsname system{};
  uname(&system);
  const unsigned cores = granted_resources().cores;
  return {.machine = fmt::format("{}, {} cores, {} {}", processor(), cores, system.sysname, system.release),
          .build = fmt::format("ravine {}, {}", RAVINE_VERSION, RAVINE_BUILD_ID),
          .jobs = jobs,
          .cores = cores};
}

}  // namespace ravine
