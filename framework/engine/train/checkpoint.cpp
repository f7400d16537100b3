#include "train/checkpoint.hpp"

#include "core/sha256.hpp"

#include <cstring>
#include <string>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::uint32_t magic = 0x4B435652;  // "RVCK"
constexpr std::size_t seal_size = 64;        // hexadecimal digits

}  // namespace

byte_writer begin_checkpoint(std::string_view trial_hash) {
  byte_writer out;
  out << magic << checkpoint_version << trial_hash;
  return out;
}

void seal_checkpoint(byte_writer& checkpoint) {
  for (const char digit : sha256_hex(checkpoint.bytes())) checkpoint << digit;
}

std::string hash_in(std::span<const std::byte> checkpoint) {
  try {
    byte_reader in(checkpoint);
    std::uint32_t found_magic = 0;
    std::uint32_t version = 0;
    std::string hash;
    in >> found_magic >> version >> hash;
    return found_magic == magic && version == checkpoint_version ? hash : "";
  } catch (const bytes_error&) {
    return "";
  }
}

byte_reader open_checkpoint(std::span<const std::byte> checkpoint, std::string_view trial_hash) {
  if (checkpoint.size() < sizeof magic + sizeof checkpoint_version + seal_size) {
    throw checkpoint_error("is cut short");
  }
  const auto content = checkpoint.first(checkpoint.size() - seal_size);
  const auto seal = checkpoint.last(seal_size);
  byte_reader in(content);
  std::uint32_t found_magic = 0;
  std::uint32_t version = 0;
  in >> found_magic >> version;
  if (found_magic != magic) throw checkpoint_error("is none");
  if (version != checkpoint_version) {
    throw checkpoint_error(
        fmt::format("is of version {}, but this Ravine knows version {}", version, checkpoint_version));
  }
  if (std::memcmp(sha256_hex(content).data(), seal.data(), seal_size) != 0) {
    throw checkpoint_error("is damaged");
  }
  std::string hash;
  in >> hash;
  if (hash != trial_hash) throw checkpoint_error("is of another trial, or of other plugins");
  return in;
}

}  // namespace ravine
