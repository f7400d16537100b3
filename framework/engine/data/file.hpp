#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace ravine {

/// The whole content of a regular file. Throws data_error that names the file and the reason.
std::vector<std::byte> read_file(const std::filesystem::path& path);

}  // namespace ravine
