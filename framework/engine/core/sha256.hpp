#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace ravine {

/// SHA-256 (FIPS 180-4) of bytes that arrive in pieces.
class sha256 {
 public:
  sha256();

  void update(std::span<const std::byte> bytes);

  /// The digest of everything so far, as 64 lower-case hexadecimal digits. May be called at any time.
  std::string hex() const;

 private:
  struct context_deleter {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, context_deleter> context_;
};

/// SHA-256 of a block of memory, as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::byte> bytes);

/// SHA-256 of a file's content, read in pieces. Throws ravine::error when the file can't be read.
std::string sha256_file(const std::filesystem::path& path);

}  // namespace ravine
