#include "store/checksum.hpp"

#include <zlib.h>

namespace ravine {

std::uint32_t checksum_of(std::span<const std::string_view> parts) {
  constexpr Bytef end = 0;
  uLong sum = 0;
  for (const std::string_view part : parts) {
    // A null pointer would ask for the value to begin with.
    if (!part.empty()) sum = crc32_z(sum, reinterpret_cast<const Bytef*>(part.data()), part.size());
    sum = crc32_z(sum, &end, 1);
  }
  return static_cast<std::uint32_t>(sum);
}

}  // namespace ravine
