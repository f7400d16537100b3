#include "report/packed_text.hpp"

#include "core/error.hpp"

#include <vector>

#include <openssl/evp.h>
#include <zlib.h>

namespace ravine {
namespace {

std::vector<unsigned char> compressed(std::string_view text) {
  constexpr int gzip_window = 15 + 16;  // the largest window; 16 asks for gzip's header
  constexpr int memory_level = 8;       // zlib's default
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw error("the results can't be compressed: not enough memory");
  }
  std::vector<unsigned char> packed(deflateBound(&stream, text.size()));
  // zlib does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  const int status = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw error("the results can't be compressed");
  return packed;
}

}  // namespace

std::string packed_text(std::string_view text) {
  if (text.size() > (std::size_t{1} << 30U)) {
    throw error("the results are more than 1 GiB of text; choose some of them with --where");
  }
  const std::vector<unsigned char> packed = compressed(text);
  std::string encoded((packed.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()), packed.data(),
                                     static_cast<int>(packed.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return encoded;
}

}  // namespace ravine
