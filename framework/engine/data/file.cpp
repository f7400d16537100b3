#include "data/file.hpp"

#include "core/file_kind.hpp"
#include "data/data_error.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace ravine {

void check_is_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::status(path, ignored).type() == std::filesystem::file_type::not_found)
    throw data_error(fmt::format("{}: cannot open: no such file", path.string()));
  const std::string instead = found_instead_of_file(path);
  if (instead.empty()) return;
  throw data_error(fmt::format("{}: cannot open: found {}, expected a regular file", path.string(), instead));
}

std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t most) {
  check_is_file(path);
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw data_error(fmt::format("{}: cannot open: {}", path.string(), std::strerror(errno)));
  const auto size = static_cast<std::uint64_t>(file.tellg());
  if (size > most) {
    throw data_error(
        fmt::format("{}: is {} bytes long; expected at most {} here", path.string(), size, most));
  }
  std::vector<std::byte> content(size);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
  if (!file) throw data_error(fmt::format("{}: cannot read: {}", path.string(), std::strerror(errno)));
  return content;
}

}  // namespace ravine
