#include "plugin/named_file.hpp"

#include "core/file_kind.hpp"
#include "core/sha256.hpp"
#include "plugin/component.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace ravine {

std::string named_file::sha256() const { return sha256_hex(std::span(content)); }

named_file read_named_file(const std::string& path) {
  const auto fail = [&](std::string_view why) { throw plugin_error(fmt::format("{}: {}", path, why)); };
  std::error_code problem;
  const auto status = std::filesystem::status(path, problem);
  if (!std::filesystem::exists(status)) {
    fail(status.type() == std::filesystem::file_type::not_found
             ? fmt::format("there is no such file; paths begin at {}",
                           std::filesystem::current_path(problem).string())
             : problem.message());
  }
  const std::string instead = found_instead_of_file(path);
  if (!instead.empty()) fail(fmt::format("found {}, expected a regular file", instead));
  const auto size = std::filesystem::file_size(path, problem);
  if (problem) fail(problem.message());
  if (size == 0) fail("it is empty");
  constexpr std::uintmax_t most = std::uintmax_t{4}
                                  << 30U;  // a trial has a share of the memory, and copies it
  if (size > most) fail(fmt::format("it is {} bytes long, expected at most {}", size, most));
  std::ifstream in(path, std::ios::binary);
  if (!in) fail("it can't be opened for reading");
  named_file read{path, std::vector<std::byte>(size)};
  in.read(reinterpret_cast<char*>(read.content.data()), static_cast<std::streamsize>(size));
  if (!in || in.peek() != std::ifstream::traits_type::eof()) fail("it changed, or failed, while it was read");
  return read;
}

}  // namespace ravine
