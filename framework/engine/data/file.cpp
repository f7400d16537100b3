#include "data/file.hpp"

#include "data/data_error.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace ravine {

std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t most) {
  std::error_code status;
  const auto type = std::filesystem::status(path, status).type();
  if (type == std::filesystem::file_type::not_found) {
    throw data_error(fmt::format("{}: cannot open: no such file", path.string()));
  }
  if (!status && type != std::filesystem::file_type::regular) {
    throw data_error(
        fmt::format("{}: cannot open: expected a file, found a folder or device", path.string()));
  }
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
