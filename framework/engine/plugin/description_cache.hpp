#pragma once

#include "plugin/description.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>

namespace ravine {

/// By what the system tells one content of a file from another without reading it.
struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  ///< nanoseconds since 1970, as the next
  std::int64_t changed = 0;

  friend bool operator==(const file_identity&, const file_identity&) = default;
};

/// Of a file at this moment. Throws std::filesystem::filesystem_error.
file_identity identity_of(const std::filesystem::path& file);

/// What is known of one shared object.
struct known_plugin {
  std::filesystem::path path;  ///< absolute
  file_identity identity;      ///< when it was looked at
  plugin_description described;
  std::string refusal;     ///< why it can't be used; "" if it can
  std::int64_t until = 0;  ///< seconds since 1970, after which to look again; 0: this holds for ever
};

/// What earlier commands have found out about shared objects, kept in $XDG_CACHE_HOME/ravine or
/// ~/.cache/ravine, one file for each program, which is valid for the very build that has written it. A file
/// that is damaged, or that others could have written, is as good as none; without a place to write, nothing
/// is remembered.
class description_cache {
 public:
  /// Reads the program's file.
  description_cache();

  /// Of a file that nothing has happened to since it was looked at; null if there is none.
  const known_plugin* find(const std::filesystem::path& path, const file_identity& identity) const;
  /// Of any file with that content.
  const known_plugin* find(std::string_view sha256) const;

  /// Replaces what was known of the path.
  void put(known_plugin found);
  /// Writes what was put, without files that are no longer there.
  void save() const;

 private:
  std::deque<known_plugin> known_;  // a deque: pointers to elements stay valid
  bool has_news_ = false;
};

}  // namespace ravine
