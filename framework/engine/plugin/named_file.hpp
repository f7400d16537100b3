#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ravine {

/// A file that a user has named to a component.
struct named_file {
  std::string path;
  std::vector<std::byte> content;

  std::string sha256() const;
};

/// Throws plugin_error that names the path: there is no such file, or it is none, can't be read or is empty.
named_file read_named_file(const std::string& path);

}  // namespace ravine
