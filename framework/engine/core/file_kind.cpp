#include "core/file_kind.hpp"

#include <system_error>

namespace ravine {

std::string found_instead_of_file(const std::filesystem::path& path) {
  using std::filesystem::file_type;
  std::error_code problem;
  switch (std::filesystem::status(path, problem).type()) {
    case file_type::directory:
      return "a folder";
    case file_type::fifo:
      return "a FIFO";
    case file_type::block:
    case file_type::character:
      return "a device";
    case file_type::socket:
      return "a socket";
    default:
      return "";
  }
}

}  // namespace ravine
