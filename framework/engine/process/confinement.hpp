#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// What a process that runs plugins can no longer do: docs/isolation.md says it in the user's words. The
/// limits hold for the calling process, for all threads and forks that it makes afterwards, and can't be
/// lifted again.
namespace ravine {

enum class confinement_mode : std::uint8_t {
  on,
  off  ///< plugins may do what the user may do: --unconfined
};

/// Holds for this process and its forks; `on` until it is called. Call before the first fork.
void set_confinement(confinement_mode mode);
confinement_mode current_confinement();

/// Compiles the filters of system calls, so that the forks of this process need not. This process is from now
/// on out of reach for what is confined. Call in the process that will fork. Throws process_error.
void prepare_confinement();

enum class confined_for : std::uint8_t {
  loading,  ///< may fork, kill its children and wait for them; calls confine a second time in each fork that
            ///< runs something
  running,  ///< may start threads, but no process, and signals reach none but itself
  program   ///< as running, but may become other programs, as confined as itself: for tools that read what a
            ///< plugin has made
};

/// Below the folders of `writable` files may be made, changed and removed; elsewhere they can only be read.
/// Resource limits stay at most what they are now. Does nothing if confinement is off, and leaves out what
/// missing_confinement() tells. Call while this process has one thread, before it opens a plugin; what it has
/// open for writing stays open. Throws process_error if the system refuses what it offers.
void confine(confined_for purpose, const std::vector<std::filesystem::path>& writable = {});

/// What this system can't keep plugins from, as one or two sentences for the user; "" if there is nothing, or
/// if confinement is off.
std::string missing_confinement();

/// Does what Landlock does where that is missing: from now on other processes of the same user, but for
/// root's, can't trace this process, read its memory, or reach what it has open through /proc. The price,
/// which its forks pay too: no core file, no debugger, and nobody can read smaps_rollup in their /proc. Does
/// nothing where there is Landlock, or if confinement is off.
void shield_from_other_processes();

}  // namespace ravine
