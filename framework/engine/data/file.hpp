#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace ravine {

/// Throws data_error where no file stands that can be read to an end: nothing, a folder, a FIFO, a device.
void check_is_file(const std::filesystem::path& path);

/// The whole content of a regular file. Throws data_error that names the file and the reason, also when it is
/// longer than `most` bytes: no memory is taken then.
std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t most);

}  // namespace ravine
