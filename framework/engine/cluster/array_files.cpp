#include "cluster/array_files.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void raise_unwritten(const fs::path& file, const std::string& why) {
  throw error(fmt::format("{}: it can't be written: {}", file.string(), why));
}

/// Has the disk take a file, and gives it its name.
void put_in_place(const fs::path& written, const fs::path& name) {
  const int descriptor = ::open(written.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_on_disk = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int fault = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!is_on_disk) raise_unwritten(name, std::strerror(fault));
  std::error_code problem;
  fs::rename(written, name, problem);
  if (problem) raise_unwritten(name, problem.message());
}

fs::path unnamed(const fs::path& file) { return fs::path(file) += fmt::format(".{}.writing", getpid()); }

/// What lies beside a file that could not be written goes.
template <class Write>
void write_whole(const fs::path& file, Write write) {
  const fs::path beside = unnamed(file);
  try {
    write(beside);
    put_in_place(beside, file);
  } catch (const error&) {
    std::error_code ignored;
    fs::remove(beside, ignored);
    throw;
  }
}

}  // namespace

std::string array_files::part(std::uint64_t index) const { return fmt::format("{}-{}", array_, index); }

fs::path array_files::of_part(std::uint64_t index, const char* ending) const {
  return folder_ / (part(index) + ending);
}

fs::path array_files::trials() const { return folder_ / (array_ + ".trials"); }
fs::path array_files::job() const { return folder_ / (array_ + ".job"); }
fs::path array_files::results(std::uint64_t index) const { return of_part(index, ".db"); }
fs::path array_files::refusal(std::uint64_t index) const { return of_part(index, ".refused"); }
fs::path array_files::log(std::uint64_t index) const { return of_part(index, ".log"); }

fs::path processor_file(const fs::path& folder) { return folder / "processor"; }

void write_text(const fs::path& file, const std::string& text) {
  write_whole(file, [&](const fs::path& beside) {
    std::ofstream out(beside, std::ios::binary);
    out << text << std::flush;
    if (!out) raise_unwritten(file, std::strerror(errno));
  });
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw error(fmt::format("{}: it can't be read: {}", file.string(), std::strerror(errno)));
  return text.str();
}

void publish(const fs::path& from, const fs::path& to) {
  write_whole(to, [&](const fs::path& beside) {
    std::error_code problem;
    fs::copy_file(from, beside, fs::copy_options::overwrite_existing, problem);
    if (problem) raise_unwritten(to, problem.message());
  });
}

void write_refusal(const fs::path& file, const refused_part& refused) {
  write_text(file, refused.node + "\n" + refused.reason);
}

refused_part read_refusal(const fs::path& file) {
  const std::string text = read_text(file);
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return {"", text};
  return {text.substr(0, end), text.substr(end + 1)};
}

scratch_folder::scratch_folder() {
  const char* const given = std::getenv("TMPDIR");
  const fs::path in = given != nullptr && *given != '\0' ? given : "/tmp";
  std::string name = (in / "ravine-part-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw error(fmt::format("{}: no folder can be made here: {}; set TMPDIR to one of this machine's disk",
                            in.string(), std::strerror(errno)));
  }
  path_ = name;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace ravine
