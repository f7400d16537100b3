#include "data/gzip.hpp"

#include "data/data_error.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

namespace ravine {
namespace {

class inflater {
 public:
  explicit inflater(std::string_view name) : name_(name) {
    constexpr int largest_window_gzip_only = 15 + 16;
    if (inflateInit2(&stream_, largest_window_gzip_only) != Z_OK) {
      throw data_error(fmt::format("{}: zlib can't start to decompress", name_));
    }
  }
  ~inflater() { inflateEnd(&stream_); }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  /// One gzip member from the front of `input`; answers what follows it.
  std::span<const std::byte> member(std::span<const std::byte> input, const inflate_sink& sink) {
    inflateReset(&stream_);
    stream_.avail_in = 0;
    for (;;) {
      if (stream_.avail_in == 0) feed(input);
      const bool starved = stream_.avail_in == 0;
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t produced = buffer_.size() - stream_.avail_out;
      if (produced > 0) sink(std::span(buffer_).first(produced));
      if (status == Z_STREAM_END) return unread(input);
      if (status == Z_BUF_ERROR && starved) fail("gzip data is truncated: fetch or copy the file again");
      if (status != Z_OK && status != Z_BUF_ERROR) {
        fail(fmt::format("gzip data is corrupt ({})", stream_.msg != nullptr ? stream_.msg : "no detail"));
      }
    }
  }

 private:
  // zlib counts in 32 bits, so a larger input goes in by pieces.
  void feed(std::span<const std::byte>& input) {
    const std::size_t size = std::min<std::size_t>(input.size(), std::numeric_limits<uInt>::max());
    stream_.next_in = reinterpret_cast<z_const Bytef*>(const_cast<std::byte*>(input.data()));
    stream_.avail_in = static_cast<uInt>(size);
    input = input.subspan(size);
  }

  std::span<const std::byte> unread(std::span<const std::byte> input) const {
    return {input.data() - stream_.avail_in, input.size() + stream_.avail_in};
  }

  [[noreturn]] void fail(std::string_view fault) const {
    throw data_error(fmt::format("{}: {}", name_, fault));
  }

  std::string_view name_;
  z_stream stream_{};
  std::array<std::byte, 65536> buffer_{};
};

}  // namespace

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1F} && bytes[1] == std::byte{0x8B};
}

void inflate_gzip(std::span<const std::byte> bytes, std::string_view name, const inflate_sink& sink) {
  inflater stream(name);
  do {
    bytes = stream.member(bytes, sink);
    // What copied it in whole blocks has filled up the last one: gzip -d ignores that as well.
    if (std::ranges::all_of(bytes, [](std::byte each) { return each == std::byte{0}; })) return;
    if (!is_gzip(bytes)) {
      throw data_error(
          fmt::format("{}: {} bytes that are not gzip data follow the gzip data", name, bytes.size()));
    }
  } while (!bytes.empty());
}

}  // namespace ravine
