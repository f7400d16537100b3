#include "data/cifar.hpp"
#include "data/zip.hpp"
#include "fuzz/requirement.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

using ravine::fuzzing::may_refuse;
using ravine::fuzzing::require;

namespace {

const std::string name = "fuzz.tar";
constexpr std::uint64_t most = 100'000;

}  // namespace

/// The bytes are records, an archive of records, and a zip archive: each is read as a whole, or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto is_sound = [](const ravine::image_table& part) {
    return part.size() > 0 && part.pixels.size() == part.size() * (ravine::cifar_record - 1) &&
           std::ranges::max(part.labels) < ravine::cifar_classes;
  };
  may_refuse(name, [&] {
    ravine::cifar_reader records(name);
    const std::size_t half = size / 2;
    records.feed(bytes.first(half));
    records.feed(bytes.subspan(half));
    require(is_sound(records.take()));
  });
  may_refuse(name, [&] {
    const ravine::dataset_content images = ravine::parse_cifar10(bytes, name);
    require(is_sound(images.train) && is_sound(images.test));
  });
  may_refuse(name, [&] { require(ravine::extract_from_zip(bytes, "a", most, name).size() <= most); });
  return 0;
}
