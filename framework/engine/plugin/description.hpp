#pragma once

#include "core/byte_stream.hpp"
#include "plugin/component.hpp"

#include <vector>

namespace ravine {

/// What a shared object says of itself.
struct plugin_description {
  plugin_file file;
  std::vector<component> components;  ///< component::file not yet set
};

// The file's path does not cross: it may lie elsewhere by then.
byte_writer& operator<<(byte_writer& to, const plugin_description& described);
/// What was written may have been written by anybody: it is checked again. Throws bytes_error, or
/// plugin_error as check_description does.
byte_reader& operator>>(byte_reader& from, plugin_description& described);

/// Whether both are the same but for the files that they came from.
bool is_described_as(const component& one, const component& other);

}  // namespace ravine
