#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

namespace ravine {

/// Whether the bytes begin like a gzip file (RFC 1952).
bool is_gzip(std::span<const std::byte> bytes);

/// Receives decompressed bytes, in order, in pieces; the piece is valid during the call only. May throw to
/// stop.
using inflate_sink = std::function<void(std::span<const std::byte> piece)>;

/// Decompresses a gzip file of one or more members, piece by piece: memory stays small whatever the content
/// claims. Checksums are verified. Throws data_error that begins with `name` when the bytes are truncated or
/// corrupt.
void inflate_gzip(std::span<const std::byte> bytes, std::string_view name, const inflate_sink& sink);

}  // namespace ravine
