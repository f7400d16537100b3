#include "data/dataset.hpp"

#include "core/sha256.hpp"
#include "data/dataset_content.hpp"
#include "data/shared_file.hpp"
#include "process/resources.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <numeric>
#include <span>

namespace ravine {
namespace {

// Eight bytes, lowest first, whatever the machine's byte order: fingerprints are compared between machines.
void update(sha256& digest, std::uint64_t number) {
  std::array<std::byte, 8> bytes{};
  for (std::byte& byte : bytes) {
    byte = static_cast<std::byte>(number & 0xFFU);
    number >>= 8U;
  }
  digest.update(bytes);
}

void update(sha256& digest, const image_set& part) {
  update(digest, part.size());
  digest.update(std::as_bytes(part.labels));
  digest.update(std::as_bytes(part.pixels));
  static_assert(std::endian::native == std::endian::little, "as for numbers: lowest byte first");
  digest.update(std::as_bytes(part.values));
  digest.update(std::as_bytes(part.targets));
}

}  // namespace

std::size_t example_form::features() const {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

int dataset::descriptor() const { return file == nullptr ? -1 : file->number(); }

std::uint64_t most_dataset_bytes() {
  constexpr std::uint64_t most = std::uint64_t{16} << 30U;
  return std::min(most, granted_resources().memory / 4);
}

std::string content_fingerprint(const dataset& data) {
  sha256 digest;
  update(digest, data.shape.size());
  for (const std::size_t extent : data.shape) update(digest, extent);
  update(digest, data.classes);
  if (data.train.labels_each != 1) update(digest, data.train.labels_each);  // as before there were several
  update(digest, data.train);
  update(digest, data.validation);
  update(digest, data.test);
  return digest.hex();
}

std::string content_fingerprint(const dataset_content& content) {
  return content_fingerprint(
      dataset{{content}, "", content.train, content.validation, content.test, nullptr});
}

}  // namespace ravine
