#include "core/sha256.hpp"

#include "core/error.hpp"
#include "core/file_kind.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace ravine {
namespace {

using digest_bytes = std::array<unsigned char, 32>;

std::string to_hex(const digest_bytes& digest) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const unsigned byte : digest) {
    text.push_back(digits[byte >> 4U]);
    text.push_back(digits[byte & 15U]);
  }
  return text;
}

void require(int openssl_result) {
  if (openssl_result != 1) throw error("libcrypto refused to compute a SHA-256 digest");
}

/// Looked up once: libcrypto takes longer to find the algorithm than to digest a page of text.
const EVP_MD* algorithm() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(found != nullptr ? 1 : 0);
  return found;
}

}  // namespace

void sha256::context_deleter::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

sha256::sha256() : context_(EVP_MD_CTX_new()) {
  require(context_ ? 1 : 0);
  require(EVP_DigestInit_ex(context_.get(), algorithm(), nullptr));
}

void sha256::update(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string sha256::hex() const {
  // Finishing a digest ends its context, so a copy is finished.
  const sha256 copy;
  digest_bytes digest{};
  require(EVP_MD_CTX_copy_ex(copy.context_.get(), context_.get()));
  require(EVP_DigestFinal_ex(copy.context_.get(), digest.data(), nullptr));
  return to_hex(digest);
}

std::string sha256_hex(std::span<const std::byte> bytes) {
  digest_bytes digest{};
  require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm(), nullptr));
  return to_hex(digest);
}

std::string sha256_file(const std::filesystem::path& path) {
  const std::string instead = found_instead_of_file(path);
  if (!instead.empty())
    throw error(fmt::format("{}: cannot open: found {}, expected a regular file", path.string(), instead));
  std::ifstream file(path, std::ios::binary);
  if (!file) throw error(fmt::format("{}: cannot open: {}", path.string(), std::strerror(errno)));
  sha256 digest;
  std::array<char, 65536> buffer{};
  do {
    file.read(buffer.data(), buffer.size());
    digest.update(std::as_bytes(std::span(buffer)).first(static_cast<std::size_t>(file.gcount())));
  } while (file);
  if (file.bad() || !file.eof())
    throw error(fmt::format("{}: cannot read: {}", path.string(), std::strerror(errno)));
  return digest.hex();
}

}  // namespace ravine
