#include "text/whole_file.hpp"

#include "core/error.hpp"

#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace ravine::cli {

namespace fs = std::filesystem;

void write_whole(const fs::path& file, const std::string& text) {
  fs::path part = file;
  part += ".part";
  std::ofstream out(part, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  std::error_code problem;
  if (out) fs::rename(part, file, problem);
  if (out && !problem) return;
  std::error_code ignored;
  fs::remove(part, ignored);
  throw error(fmt::format("{}: it can't be written{}", file.string(),
                          problem ? fmt::format(" ({})", problem.message()) : "; is the disk full?"));
}

}  // namespace ravine::cli
