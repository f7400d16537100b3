#include "data/tar.hpp"

#include "data/data_error.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ravine {

tar_reader::tar_reader(std::string name, tar_sink sink) : name_(std::move(name)), sink_(std::move(sink)) {}

void tar_reader::feed(std::span<const std::byte> piece) {
  while (!piece.empty() && !ended_) {
    std::size_t taken = 0;
    if (content_ > 0) {
      taken = static_cast<std::size_t>(std::min<std::uint64_t>(content_, piece.size()));
      if (is_file_) sink_(file_, piece.first(taken));
      content_ -= taken;
    } else if (padding_ > 0) {
      taken = static_cast<std::size_t>(std::min<std::uint64_t>(padding_, piece.size()));
      padding_ -= taken;
    } else {
      taken = std::min(block - held_, piece.size());
      std::ranges::copy(piece.first(taken), header_.begin() + static_cast<std::ptrdiff_t>(held_));
      held_ += taken;
      if (held_ == block) read_header();
    }
    offset_ += taken;
    piece = piece.subspan(taken);
  }
}

void tar_reader::finish() const {
  if (held_ > 0) fail("it ends within a header");
  if (content_ > 0) fail(fmt::format("it ends within {}, {} bytes before its end", file_, content_));
}

void tar_reader::read_header() {
  held_ = 0;
  if (std::ranges::all_of(header_, [](std::byte each) { return each == std::byte{0}; })) {
    ended_ = true;
    return;
  }
  // The sum of all bytes, those of the sum itself taken for spaces.
  constexpr std::size_t sum_offset = 148, sum_digits = 8;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block; ++i) {
    const bool within = i >= sum_offset && i < sum_offset + sum_digits;
    sum += within ? std::uint64_t{' '} : std::to_integer<std::uint64_t>(header_[i]);
  }
  if (const std::uint64_t expected = number(sum_offset, sum_digits, "checksum"); sum != expected) {
    fail(fmt::format("a header has the checksum {}, expected {}: this is no tar archive, or a damaged one",
                     sum, expected));
  }
  const auto* const words = reinterpret_cast<const char*>(header_.data());
  file_.assign(words, std::find(words, words + 100, '\0'));
  content_ = number(124, 12, "size");
  padding_ = (block - content_ % block) % block;
  is_file_ = words[156] == '0' || words[156] == '\0';
}

/// An octal number with spaces around it.
std::uint64_t tar_reader::number(std::size_t offset, std::size_t digits, std::string_view what) const {
  std::string_view words(reinterpret_cast<const char*>(header_.data()) + offset, digits);
  words = words.substr(0, words.find('\0'));
  while (!words.empty() && words.front() == ' ') words.remove_prefix(1);
  while (!words.empty() && words.back() == ' ') words.remove_suffix(1);
  const bool octal =
      !words.empty() && std::ranges::all_of(words, [](char c) { return c >= '0' && c <= '7'; });
  if (!octal)
    fail(fmt::format("a header's {} is no octal number: this is no tar archive, or a damaged one", what));
  std::uint64_t value = 0;
  for (const char c : words) value = value * 8 + static_cast<std::uint64_t>(c - '0');  // 12 digits: 36 bits
  return value;
}

void tar_reader::fail(std::string_view fault) const {
  throw data_error(fmt::format("{}: at byte {}: {}", name_, offset_, fault));
}

}  // namespace ravine
