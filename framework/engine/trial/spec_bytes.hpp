#pragma once

#include "core/byte_stream.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace ravine {

/// A specification as it crosses to another process of this machine, whole: with labels and limits.
std::vector<std::byte> to_bytes(const trial_spec& spec);
/// Throws bytes_error.
trial_spec spec_from_bytes(std::span<const std::byte> bytes);

}  // namespace ravine
