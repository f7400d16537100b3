#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ravine {

/// CRC-32 (ISO 3309; that of zlib, and of zlib.crc32 in Python) of the parts, one after another with a zero
/// byte behind each. It finds damage, not intent: whoever changes a file on purpose can change it too.
std::uint32_t checksum_of(std::span<const std::string_view> parts);

}  // namespace ravine
