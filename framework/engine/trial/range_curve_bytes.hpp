#pragma once

#include "core/byte_stream.hpp"
#include "trial/range_curve.hpp"

namespace ravine {

// A range test as it crosses from the process that ran it, where a plugin may have written over it. Reading
// throws bytes_error for bytes that are no curve.

byte_writer& operator<<(byte_writer& out, const range_curve& curve);
byte_reader& operator>>(byte_reader& in, range_curve& curve);

}  // namespace ravine
