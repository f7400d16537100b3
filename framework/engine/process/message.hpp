#pragma once

#include "core/byte_stream.hpp"

#include <cstdint>

/// What a worker process and its parent say to each other. Both are the same program on the same machine, one
/// the fork of the other: numbers cross as they are in memory. What arrives is checked all the same, since a
/// plugin may have written to the worker's connection.
namespace ravine {

/// A message that makes no sense.
struct message_error : bytes_error {
  using bytes_error::bytes_error;
};

enum class message_kind : std::uint32_t {
  advanced = 1,  ///< cost, planned steps, loss
  evaluated,     ///< one evaluation, for which the shared_log has no room
  checkpoint,    ///< bytes of train/checkpoint
  refused,       ///< why the checkpoint that came with the job was not used
  ended,         ///< the trial's result, without its evaluations
  crashed        ///< a crash_note, as it is
};

/// Before each message.
struct message_header {
  message_kind kind;
  std::uint32_t reserved;
  std::uint64_t size;  ///< of what follows, in bytes
};

}  // namespace ravine
