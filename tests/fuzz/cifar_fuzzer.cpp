#include "data/cifar.hpp"
#include "data/data_error.hpp"
#include "data/zip.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace {

const std::string name = "fuzz.tar";
constexpr std::uint64_t most = 100'000;

void require(bool holds) {
  if (!holds) std::abort();
}

template <class Use>
void may_refuse(Use use) {
  try {
    use();
  } catch (const ravine::data_error& fault) {
    require(std::string_view(fault.what()).starts_with(name));
  }
}

}  // namespace

/// The bytes are records, an archive of records, and a zip archive: each is read as a whole, or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto is_sound = [](const ravine::image_table& part) {
    return part.size() > 0 && part.pixels.size() == part.size() * (ravine::cifar_record - 1) &&
           std::ranges::max(part.labels) < ravine::cifar_classes;
  };
  may_refuse([&] {
    ravine::cifar_reader records(name);
    const std::size_t half = size / 2;
    records.feed(bytes.first(half));
    records.feed(bytes.subspan(half));
    require(is_sound(records.take()));
  });
  may_refuse([&] {
    const ravine::dataset_content images = ravine::parse_cifar10(bytes, name);
    require(is_sound(images.train) && is_sound(images.test));
  });
  may_refuse([&] { require(ravine::extract_from_zip(bytes, "a", most, name).size() <= most); });
  return 0;
}
