#pragma once

#include <filesystem>
#include <string>

namespace ravine {

/// "a folder", "a FIFO", "a device" or "a socket", if one of these stands where a file is expected: to open
/// it may take for ever, as may reading to its end. "" for a regular file, and where there is nothing that
/// can be looked at, which opening it tells better.
std::string found_instead_of_file(const std::filesystem::path& path);

}  // namespace ravine
