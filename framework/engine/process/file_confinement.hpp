#pragma once

#include <filesystem>
#include <vector>

namespace ravine {

/// Of Landlock in this kernel; 0: it has none, or it is switched off.
int landlock_version();

/// From now on this process and what it starts make, change and remove no file but below `writable`, and
/// neither trace nor look into processes outside; from version 6 on they can't signal them either.
/// no_new_privs must be set. Throws process_error.
void confine_files(const std::vector<std::filesystem::path>& writable);

}  // namespace ravine
