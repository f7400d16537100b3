#include "data/zip.hpp"

#include "data/data_error.hpp"

#include <algorithm>
#include <array>
#include <new>

#include <fmt/format.h>
#include <zlib.h>

namespace ravine {
namespace {

constexpr std::uint32_t end_mark = 0x06054b50, entry_mark = 0x02014b50, content_mark = 0x04034b50;
constexpr std::size_t end_size = 22, entry_size = 46, content_header_size = 30, longest_comment = 65'535;

class zip_reader {
 public:
  zip_reader(std::span<const std::byte> bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  std::vector<std::byte> extract(std::string_view file, std::uint64_t most) const {
    const entry found = find(file);
    if (found.size > most) {
      fail(fmt::format("{} is {} bytes long, expected at most {}", file, found.size, most));
    }
    expect_mark(found.offset, content_mark, "content");
    const std::uint64_t begin =
        found.offset + content_header_size + number<2>(found.offset + 26) + number<2>(found.offset + 28);
    const auto packed = part(begin, found.packed_size);
    std::vector<std::byte> content = found.method == 0 ? std::vector<std::byte>(packed.begin(), packed.end())
                                                       : inflated(packed, found.size, file);
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
    if (content.size() != found.size || crc != found.crc) {
      fail(fmt::format("{} is damaged: its length or CRC-32 is not what the archive says", file));
    }
    return content;
  }

 private:
  struct entry {
    std::uint64_t method, crc, packed_size, size, offset;
  };

  entry find(std::string_view file) const {
    const std::uint64_t end = find_end();
    const std::uint64_t count = number<2>(end + 10);
    std::uint64_t place = number<4>(end + 16);
    for (std::uint64_t i = 0; i < count; ++i) {
      expect_mark(place, entry_mark, "entry");
      const std::uint64_t length = number<2>(place + 28);
      const auto words = part(place + entry_size, length);
      if (std::string_view(reinterpret_cast<const char*>(words.data()), words.size()) == file) {
        return checked({number<2>(place + 10), number<4>(place + 16), number<4>(place + 20),
                        number<4>(place + 24), number<4>(place + 42)},
                       number<2>(place + 8), file);
      }
      place += entry_size + length + number<2>(place + 30) + number<2>(place + 32);
    }
    fail(fmt::format("it holds no {}", file));
  }

  entry checked(const entry& found, std::uint64_t flags, std::string_view file) const {
    if ((flags & 1U) != 0) fail(fmt::format("{} is encrypted", file));
    if (found.method != 0 && found.method != Z_DEFLATED) {
      fail(fmt::format("{} is packed by method {}, expected 0 (stored) or 8 (deflated)", file, found.method));
    }
    if (found.method == 0 && found.packed_size != found.size)
      fail(fmt::format("{} is stored with two lengths", file));
    return found;
  }

  /// The directory's end is the last thing in the file, but for a comment.
  std::uint64_t find_end() const {
    if (bytes_.size() >= end_size) {
      const std::uint64_t last = bytes_.size() - end_size;
      const std::uint64_t first = last > longest_comment ? last - longest_comment : 0;
      for (std::uint64_t place = last + 1; place-- > first;) {
        if (number<4>(place) == end_mark) return place;
      }
    }
    fail("this is no zip archive, or it is cut off: it has no directory at its end");
  }

  void expect_mark(std::uint64_t place, std::uint32_t mark, std::string_view what) const {
    if (number<4>(place) != mark) fail(fmt::format("it is damaged: there is no {} at byte {}", what, place));
  }

  std::span<const std::byte> part(std::uint64_t place, std::uint64_t size) const {
    if (place > bytes_.size() || size > bytes_.size() - place) {
      fail(fmt::format("it is damaged: {} bytes at {} lie beyond its end", size, place));
    }
    return bytes_.subspan(place, size);
  }

  /// Little-endian.
  template <std::size_t Size>
  std::uint64_t number(std::uint64_t place) const {
    std::uint64_t value = 0;
    const auto digits = part(place, Size);
    for (std::size_t i = Size; i-- > 0;) value = value << 8U | std::to_integer<std::uint64_t>(digits[i]);
    return value;
  }

  /// At most `size` bytes, which is at most 4 GiB, of a stream without a header.
  std::vector<std::byte> inflated(std::span<const std::byte> packed, std::uint64_t size,
                                  std::string_view file) const {
    std::vector<std::byte> content;
    z_stream stream{};
    constexpr int without_header = -15;
    if (inflateInit2(&stream, without_header) != Z_OK) throw std::bad_alloc();
    stream.next_in = reinterpret_cast<z_const Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::array<std::byte, 65'536> buffer{};
    int status = Z_OK;
    while (status == Z_OK && content.size() <= size) {
      stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream.avail_out = static_cast<uInt>(buffer.size());
      status = inflate(&stream, Z_NO_FLUSH);
      content.insert(content.end(), buffer.begin(),
                     buffer.end() - static_cast<std::ptrdiff_t>(stream.avail_out));
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END) fail(fmt::format("{} is damaged: its deflated data end in disorder", file));
    return content;
  }

  [[noreturn]] void fail(std::string_view fault) const {
    throw data_error(fmt::format("{}: {}", name_, fault));
  }

  std::span<const std::byte> bytes_;
  const std::string& name_;
};

}  // namespace

std::vector<std::byte> extract_from_zip(std::span<const std::byte> archive, std::string_view file,
                                        std::uint64_t most, const std::string& name) {
  return zip_reader(archive, name).extract(file, most);
}

}  // namespace ravine
