#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A file of a published data set. It may be compressed on disk and on its way; what it holds is fixed.
struct data_file {
  std::string_view name;    ///< uncompressed, without .gz
  std::uint64_t size;       ///< bytes, uncompressed
  std::string_view sha256;  ///< of the uncompressed content, hexadecimal; "" where it is not published
  std::string_view sha256_gz = {};  ///< of the published .gz, where that of the content is not published
  std::string_view suffix = ".gz";  ///< what the published file has after `name`; "" for other archives
};

/// The folders that may hold a data set's files, in the order in which they are searched: $RAVINE_DATA/NAME,
/// then $XDG_DATA_HOME/ravine/data/NAME (~/.local/share without XDG_DATA_HOME). Downloads go to the first.
/// Empty if none of RAVINE_DATA, XDG_DATA_HOME and HOME is set.
std::vector<std::filesystem::path> data_folders(std::string_view name);

/// Where `file` lies in the first of the folders that has it, raw or as .gz; empty if none has it.
std::filesystem::path find_data_file(const std::vector<std::filesystem::path>& folders,
                                     std::string_view file);

/// Why `path`, raw or gzip, doesn't hold what it should by its SHA-256; "" if it does. Reads no more than the
/// right file would hold, whatever the content claims. Throws data_error when the file can't be read.
std::string content_fault(const std::filesystem::path& path, const data_file& expected);

/// "SHA-256 of the uncompressed content is …, expected …"
std::string digest_fault(std::string_view found, const data_file& expected);

/// "SHA-256 of the .gz is …, expected …"
std::string packed_digest_fault(std::string_view found, const data_file& expected);

}  // namespace ravine
