#pragma once

#include "core/byte_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ravine {

/// A checkpoint that can't be gone on from: what() says why, after "the checkpoint".
struct checkpoint_error : error {
  using error::error;
};

/// Grows with the layout of what a checkpoint holds.
inline constexpr std::uint32_t checkpoint_version = 3;

/// Begins a checkpoint of the trial of that content hash, which covers the plugins' SHA-256.
byte_writer begin_checkpoint(std::string_view trial_hash);
/// Ends it with its own SHA-256.
void seal_checkpoint(byte_writer& checkpoint);

/// The hash that a checkpoint says it is of, unchecked; "" if it is none.
std::string hash_in(std::span<const std::byte> checkpoint);

/// What lies between: of a whole checkpoint of this version and of that trial. Throws checkpoint_error for
/// any other.
byte_reader open_checkpoint(std::span<const std::byte> checkpoint, std::string_view trial_hash);

}  // namespace ravine
