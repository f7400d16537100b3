#pragma once

#include "core/byte_stream.hpp"
#include "trial/trial_result.hpp"

namespace ravine {

byte_writer& operator<<(byte_writer& out, const evaluation& value);
byte_reader& operator>>(byte_reader& in, evaluation& value);

/// Everything but the evaluations, which are written one by one, and their text. Reading throws bytes_error
/// for what no trial results in.
byte_writer& operator<<(byte_writer& out, const trial_result& value);
byte_reader& operator>>(byte_reader& in, trial_result& value);

}  // namespace ravine
