#pragma once

#include <filesystem>

namespace ravine {

/// Looks at a file before the loader does: a truncated shared object would raise SIGBUS inside dlopen and
/// take the whole program with it. Checks permissions (readable, not writable by others), the ELF header,
/// the processor, and that every segment and section lies within the file.
/// Throws plugin_error with the reason and what to do.
void check_object_file(const std::filesystem::path& file);

/// From now on, this process and those that it starts use plugins that others can write to, as with
/// RAVINE_ALLOW_WRITABLE=1 in the environment. Call while this process has no other threads.
void allow_plugins_writable_by_others();

/// Throws plugin_error if others can write to the file or folder, and that is not allowed, with what mends
/// it.
void check_not_writable_by_others(const std::filesystem::path& path);

}  // namespace ravine
