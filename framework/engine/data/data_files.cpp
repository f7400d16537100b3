#include "data/data_files.hpp"

#include "core/sha256.hpp"
#include "data/data_error.hpp"
#include "data/file.hpp"
#include "data/gzip.hpp"

#include <cstddef>
#include <cstdlib>
#include <span>

#include <fmt/format.h>

namespace ravine {

namespace fs = std::filesystem;

namespace {

fs::path environment(const char* variable) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

/// Of the user's data: empty if unknown.
fs::path home_folder() {
  if (fs::path data = environment("XDG_DATA_HOME"); !data.empty()) return data;
  const fs::path home = environment("HOME");
  return home.empty() ? home : home / ".local/share";
}

/// Digest of content that must not be longer than expected.
class bounded_digest {
 public:
  explicit bounded_digest(std::uint64_t size) : left_(size) {}

  void update(std::span<const std::byte> piece) {
    if (piece.size() > left_) throw data_error("more content than expected");
    left_ -= piece.size();
    digest_.update(piece);
  }
  std::string hex() const { return digest_.hex(); }

 private:
  std::uint64_t left_;
  sha256 digest_;
};

}  // namespace

std::vector<fs::path> data_folders(std::string_view name) {
  std::vector<fs::path> folders;
  if (const fs::path own = environment("RAVINE_DATA"); !own.empty()) folders.push_back(own / name);
  if (const fs::path home = home_folder(); !home.empty()) folders.push_back(home / "ravine/data" / name);
  return folders;
}

fs::path find_data_file(const std::vector<fs::path>& folders, std::string_view file) {
  std::error_code ignored;
  for (const fs::path& folder : folders) {
    for (const char* const suffix : {"", ".gz"}) {
      fs::path candidate = folder / (std::string(file) + suffix);
      if (fs::exists(candidate, ignored)) return candidate;
    }
  }
  return {};
}

std::string content_fault(const fs::path& path, const data_file& expected) {
  // Compression makes what can't be compressed a little longer.
  const std::uint64_t longest = expected.size + expected.size / 1000 + 1024;
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored) && fs::file_size(path, ignored) > longest)
    return "more content than expected";
  const std::vector<std::byte> bytes = read_file(path, longest);
  if (expected.sha256.empty()) {
    if (!is_gzip(bytes)) return "not packed; only the SHA-256 of the .gz is published";
    const std::string found = sha256_hex(bytes);
    return found == expected.sha256_gz ? "" : packed_digest_fault(found, expected);
  }
  bounded_digest digest(expected.size);
  try {
    if (is_gzip(bytes)) {
      inflate_gzip(bytes, "content", [&](std::span<const std::byte> piece) { digest.update(piece); });
    } else {
      digest.update(bytes);
    }
  } catch (const data_error& fault) {
    return fault.what();
  }
  const std::string found = digest.hex();
  return found == expected.sha256 ? "" : digest_fault(found, expected);
}

std::string digest_fault(std::string_view found, const data_file& expected) {
  return fmt::format("SHA-256 of the uncompressed content is {}, expected {}", found, expected.sha256);
}

std::string packed_digest_fault(std::string_view found, const data_file& expected) {
  return fmt::format("SHA-256 of the .gz is {}, expected {}", found, expected.sha256_gz);
}

}  // namespace ravine
