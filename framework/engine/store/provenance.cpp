#include "store/provenance.hpp"

#include "core/sha256.hpp"
#include "process/resources.hpp"
#include "store/build_revision.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <unistd.h>

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

/// As the batch system calls it, if one started this process: several of its nodes may be on one machine.
std::string node() {
  if (const char* const name = std::getenv("SLURMD_NODENAME")) return name;
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// What the batch system that started this process calls it.
std::string job() {
  constexpr std::array<std::pair<const char*, const char*>, 5> systems{{{"slurm", "SLURM_JOB_ID"},
                                                                        {"pbs", "PBS_JOBID"},
                                                                        {"lsf", "LSB_JOBID"},
                                                                        {"cobalt", "COBALT_JOBID"},
                                                                        {"oar", "OAR_JOB_ID"}}};
  for (const auto& [system, variable] : systems) {
    const char* const id = std::getenv(variable);
    if (id != nullptr && *id != '\0') return fmt::format("{} {}", system, id);
  }
  return "";
}

/// Of this program's file, also if another one lies in its place by now; empty if it can't be read.
std::string digest_of_this_program() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  std::vector<char> piece(std::size_t{1} << 20U);
  sha256 digest;
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    digest.update(std::as_bytes(std::span(piece).first(static_cast<std::size_t>(file.gcount()))));
  }
  return file.eof() ? digest.hex() : "";
}

}  // namespace

provenance current_provenance(unsigned jobs) {
  static const std::string digest = digest_of_this_program();
  return {.machine = processor(),
          .build = fmt::format("ravine {}, {}", RAVINE_VERSION, RAVINE_BUILD_ID),
          .jobs = jobs,
          .cores = granted_resources().cores,
          .node = node(),
          .job = job(),
          .build_sha256 = digest,
          .revision = build_revision,
          .flags = RAVINE_BUILD_FLAGS,
          .libm = fmt::format("glibc {}", gnu_get_libc_version())};
}

std::string machine_text(const provenance& origin) {
  std::string text = origin.machine;
  if (!origin.blas_kernel.empty()) text += ", OpenBLAS kernel " + origin.blas_kernel;
  if (!origin.libm.empty()) text += ", " + origin.libm;
  return text;
}

std::string build_text(const provenance& origin) {
  std::string text = origin.build;
  if (!origin.revision.empty()) text += ", commit " + origin.revision;
  if (!origin.build_sha256.empty()) text += ", SHA-256 " + origin.build_sha256.substr(0, 8);
  return text;
}

bool same_bits(const provenance& a, const provenance& b) {
  const auto all = [](const provenance& each) {
    return std::tie(each.machine, each.build, each.build_sha256, each.flags, each.libm);
  };
  return all(a) == all(b);
}

}  // namespace ravine
