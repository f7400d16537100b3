#pragma once

#include <string>

namespace ravine {

/// Where and with what a trial was run: all that its bits and its seconds may depend on besides its
/// specification. The kernel of the operating system is not among it: it changes no bit. Empty texts are not
/// known.
struct provenance {
  std::string machine;            ///< the processor, as /proc/cpuinfo names it
  std::string build;              ///< Ravine's version, compiler, build type
  unsigned jobs = 1;              ///< workers at that time
  unsigned cores = 0;             ///< that were granted; 0 if that is not known
  std::string node = {};          ///< name of the host
  std::string job = {};           ///< of a batch system: "slurm 4711", "pbs 12.server"
  std::string build_sha256 = {};  ///< of this program's file
  std::string revision = {};      ///< of the sources: a commit, with -dirty if they were changed after it
  std::string flags = {};         ///< of the compiler
  std::string libm = {};          ///< "glibc 2.36"; expf and the like differ between versions
  std::string blas = {};          ///< OpenBLAS's version and options; empty also where no plugin brings it
  std::string blas_kernel = {};   ///< for the processor that it took this one for: "Haswell"

  bool operator==(const provenance&) const = default;
};

/// This program on this machine; the library that plugins bring is that of each trial, see trial_result.
provenance current_provenance(unsigned jobs);

/// "AMD EPYC, OpenBLAS kernel Haswell, glibc 2.36": where bits come from, as far as it is known.
std::string machine_text(const provenance& origin);
/// "ravine 0.2.0, GNU 12.2.0 Release, commit 0123456789ab, SHA-256 01234567": what tells programs apart.
std::string build_text(const provenance& origin);

/// Whether a trial that was stopped with the first one goes on with the second one to the same bits, as far
/// as they depend on this. The plugins are in the trial's identity, and OpenBLAS in its checkpoint.
bool same_bits(const provenance& a, const provenance& b);

}  // namespace ravine
