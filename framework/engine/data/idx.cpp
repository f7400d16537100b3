#include "data/idx.hpp"

#include "core/sha256.hpp"
#include "data/data_error.hpp"
#include "data/file.hpp"
#include "data/gzip.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr unsigned unsigned_bytes = 0x08;

std::string_view type_name(unsigned type) {
  switch (type) {
    case unsigned_bytes:
      return "unsigned bytes";
    case 0x09:
      return "signed bytes";
    case 0x0B:
      return "16-bit integers";
    case 0x0C:
      return "32-bit integers";
    case 0x0D:
      return "32-bit floats";
    case 0x0E:
      return "64-bit floats";
    default:
      return "no IDX type";
  }
}

/// Takes an IDX file in pieces, the header first, and holds the values and the digest of all of it.
class idx_assembler {
 public:
  /// No more than `available` bytes will come.
  idx_assembler(std::string_view name, std::size_t dimensions, std::string_view expected,
                std::uint64_t available)
      : name_(name),
        expected_(expected),
        available_(available),
        header_size_(4 + 4 * dimensions),
        dimensions_(dimensions) {}

  void accept(std::span<const std::byte> piece) {
    digest_.update(piece);
    const std::size_t lacking = std::min(header_size_ - header_filled_, piece.size());
    std::copy_n(piece.begin(), lacking, header_.begin() + static_cast<std::ptrdiff_t>(header_filled_));
    header_filled_ += lacking;
    if (header_filled_ < header_size_) return;
    if (lacking > 0) read_header();
    append(piece.subspan(lacking));
  }

  /// The values, once every piece has been accepted.
  std::vector<std::uint8_t> finish() {
    if (header_filled_ < header_size_) {
      if (header_filled_ >= 4) check_magic();
      fail(fmt::format("ends after {} bytes; expected an IDX header of {} bytes", header_filled_,
                       header_size_));
    }
    if (values_.size() < announced_) {
      fail(fmt::format("is short: its header announces {} bytes of data, found {}; fetch or copy it again",
                       announced_text(), values_.size()));
    }
    return std::move(values_);
  }

  std::string sha256() const { return digest_.hex(); }

  std::size_t dimension(std::size_t index) const {
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | byte(4 + 4 * index + i);
    return value;
  }

 private:
  unsigned byte(std::size_t index) const { return std::to_integer<unsigned>(header_[index]); }

  void read_header() {
    check_magic();
    announced_ = 1;
    for (std::size_t i = 0; i < dimensions_; ++i) {
      const std::size_t extent = dimension(i);
      if (extent == 0)
        fail(fmt::format("announces {} values: every dimension must be at least 1", announced_text()));
      const bool overflows = announced_ > std::numeric_limits<std::size_t>::max() / extent;
      announced_ = overflows ? std::numeric_limits<std::size_t>::max() : announced_ * extent;
    }
    if (announced_ > most_dataset_bytes()) {
      fail(fmt::format("announces {} bytes of data; a data set may hold at most {} bytes here",
                       announced_text(), most_dataset_bytes()));
    }
    values_.reserve(std::min(announced_, available_));
  }

  void check_magic() const {
    if (byte(0) != 0 || byte(1) != 0) {
      fail(fmt::format("is not an IDX file: it begins with {:02X} {:02X} {:02X} {:02X}; expected {}", byte(0),
                       byte(1), byte(2), byte(3), expected_));
    }
    if (byte(2) != unsigned_bytes) {
      fail(fmt::format("has elements of type 0x{:02X} ({}); expected {}", byte(2), type_name(byte(2)),
                       expected_));
    }
    if (byte(3) != dimensions_) {
      fail(fmt::format("has {} dimension{}; expected {}", byte(3), byte(3) == 1 ? "" : "s", expected_));
    }
  }

  void append(std::span<const std::byte> piece) {
    if (piece.size() > announced_ - values_.size()) {
      fail(fmt::format("goes on after the {} bytes of data that its header announces", announced_text()));
    }
    const std::size_t before = values_.size();
    values_.resize(before + piece.size());
    if (!piece.empty()) std::memcpy(values_.data() + before, piece.data(), piece.size());
  }

  std::string announced_text() const {
    std::string text = std::to_string(dimension(0));
    for (std::size_t i = 1; i < dimensions_; ++i) text += fmt::format(" x {}", dimension(i));
    return text;
  }

  [[noreturn]] void fail(std::string_view fault) const {
    throw data_error(fmt::format("{}: {}", name_, fault));
  }

  std::string_view name_, expected_;
  std::uint64_t available_;
  std::size_t header_size_, dimensions_;
  std::array<std::byte, 16> header_{};
  std::size_t header_filled_ = 0, announced_ = 0;
  std::vector<std::uint8_t> values_;
  ravine::sha256 digest_;
};

/// What the bytes can hold: deflate packs at most 1032 to one.
std::uint64_t content_bound(std::span<const std::byte> bytes) {
  return is_gzip(bytes) ? bytes.size() * 1032 : bytes.size();
}

std::vector<std::uint8_t> assemble(idx_assembler& idx, std::span<const std::byte> bytes,
                                   std::string_view name) {
  if (is_gzip(bytes)) {
    inflate_gzip(bytes, name, [&](std::span<const std::byte> piece) { idx.accept(piece); });
  } else {
    idx.accept(bytes);
  }
  return idx.finish();
}

}  // namespace

idx_images parse_idx_images(std::span<const std::byte> bytes, std::string_view name) {
  idx_assembler idx(name, 3, "images: 00 00 08 03, unsigned bytes in 3 dimensions", content_bound(bytes));
  idx_images images;
  images.pixels = assemble(idx, bytes, name);
  images.count = idx.dimension(0);
  images.rows = idx.dimension(1);
  images.columns = idx.dimension(2);
  images.sha256 = idx.sha256();
  if (is_gzip(bytes)) images.sha256_gz = sha256_hex(bytes);
  return images;
}

idx_labels parse_idx_labels(std::span<const std::byte> bytes, std::string_view name) {
  idx_assembler idx(name, 1, "labels: 00 00 08 01, unsigned bytes in 1 dimension", content_bound(bytes));
  idx_labels labels;
  labels.values = assemble(idx, bytes, name);
  labels.sha256 = idx.sha256();
  if (is_gzip(bytes)) labels.sha256_gz = sha256_hex(bytes);
  return labels;
}

namespace {

/// Compression makes what can't be compressed a little longer, and there is a header.
std::uint64_t longest_file() {
  const std::uint64_t most = most_dataset_bytes();
  return most + most / 1000 + 1024;
}

}  // namespace

idx_images read_idx_images(const std::filesystem::path& file) {
  return parse_idx_images(read_file(file, longest_file()), file.string());
}

idx_labels read_idx_labels(const std::filesystem::path& file) {
  return parse_idx_labels(read_file(file, longest_file()), file.string());
}

void check_labels(std::span<const std::uint8_t> labels, std::size_t classes, std::string_view name) {
  const auto wrong =
      std::find_if(labels.begin(), labels.end(), [&](std::uint8_t label) { return label >= classes; });
  if (wrong == labels.end()) return;
  const auto [least, greatest] = std::ranges::minmax(labels);
  const bool from_one = least == 1 && greatest == classes;
  throw data_error(fmt::format(
      "{}: label {} of example {} is out of range; expected 0 to {}{}", name, *wrong, wrong - labels.begin(),
      classes - 1,
      from_one
          ? fmt::format(": these labels begin with 1, so give classes: {}; class 0 stays empty", classes + 1)
          : ""));
}

}  // namespace ravine
