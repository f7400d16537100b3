#include "text/whole_file.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace ravine::cli {

namespace fs = std::filesystem;

void write_whole(const fs::path& file, const std::string& text) {
  fs::path part = file;
  part += ".part";
  errno = 0;  // streams leave it to the call that failed
  std::ofstream out(part, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  std::error_code problem(errno, std::system_category());
  if (out) fs::rename(part, file, problem);
  if (out && !problem) return;
  std::error_code ignored;
  fs::remove(part, ignored);
  throw error(fmt::format("{}: it can't be written: {}", file.string(),
                          problem ? problem.message() : "an unknown failure"));
}

}  // namespace ravine::cli
