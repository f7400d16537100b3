#include "data/data_error.hpp"
#include "data/idx.hpp"
#include "fuzz/requirement.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

using ravine::fuzzing::require;

namespace {

using bytes = std::vector<std::uint8_t>;

constexpr std::string_view name = "fuzz.idx";

/// More than this is thrown away: a small input may unpack to a thousand times its size.
constexpr std::size_t most_unpacked = 1U << 20U;

bytes packed(const bytes& content) {
  bytes result(compressBound(content.size()) + 64);
  z_stream stream{};
  require(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = result.data();
  stream.avail_out = static_cast<uInt>(result.size());
  require(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

/// What the first gzip member holds; empty if that is not to be had.
bytes unpacked(std::span<const std::uint8_t> content) {
  bytes result(most_unpacked);
  z_stream stream{};
  require(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = result.data();
  stream.avail_out = static_cast<uInt>(result.size());
  const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END;
  result.resize(whole ? stream.total_out : 0);
  inflateEnd(&stream);
  return result;
}

/// A file is read, with as many values as its header says, or refused in words that begin with its name.
/// Answers the message; "" if it was read.
std::string images_fault(std::span<const std::uint8_t> file) {
  try {
    const ravine::idx_images images = ravine::parse_idx_images(std::as_bytes(file), name);
    require(images.count > 0 && images.pixels.size() == images.count * images.rows * images.columns);
    require(images.sha256.size() == 64);
    return "";
  } catch (const ravine::data_error& fault) {
    require(std::string_view(fault.what()).starts_with(name));
    return fault.what();
  }
}

std::string labels_fault(std::span<const std::uint8_t> file) {
  try {
    const ravine::idx_labels labels = ravine::parse_idx_labels(std::as_bytes(file), name);
    require(!labels.values.empty());
    ravine::check_labels(labels.values, 256, name);
    return "";
  } catch (const ravine::data_error& fault) {
    require(std::string_view(fault.what()).starts_with(name));
    return fault.what();
  }
}

bool is_gzip(std::span<const std::uint8_t> file) {
  return file.size() >= 2 && file[0] == 0x1F && file[1] == 0x8B;
}

}  // namespace

/// Changes what a gzip file holds as often as the file: bits of compressed data rarely make another valid
/// one.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  const std::span<const std::uint8_t> file(data, size);
  if (seed % 4 < 2) return LLVMFuzzerMutate(data, size, most);
  bytes content = is_gzip(file) ? unpacked(file) : bytes(file.begin(), file.end());
  const std::size_t length = content.size();
  content.resize(std::max<std::size_t>(length + 64, 64));
  content.resize(LLVMFuzzerMutate(content.data(), length, content.size()));
  if (seed % 4 == 2 && content.size() >= 4) {
    const std::uint8_t dimensions = seed % 8 < 4 ? 3 : 1;
    std::ranges::copy(bytes{0, 0, 8, dimensions}, content.begin());
  }
  if (seed % 16 < 12) content = packed(content);
  if (content.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::ranges::copy(content, data);
  return content.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bytes file(data, data + size);
  const std::string images = images_fault(file);
  const std::string labels = labels_fault(file);
  if (is_gzip(file)) return 0;
  // Compression must make no difference, neither to what is read nor to what is reported.
  const bytes zipped = packed(file);
  require(images_fault(zipped) == images && labels_fault(zipped) == labels);
  return 0;
}
