#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// The content of one file of a zip archive (PKWARE's APPNOTE 6.3), stored or deflated, checked by its
/// CRC-32. Neither encryption nor archives of 4 GiB and more are read. Throws data_error that begins with
/// `name`: not a zip archive, a damaged one, no such file, or one that is longer than `most` bytes, whatever
/// the archive claims.
std::vector<std::byte> extract_from_zip(std::span<const std::byte> archive, std::string_view file,
                                        std::uint64_t most, const std::string& name);

}  // namespace ravine
