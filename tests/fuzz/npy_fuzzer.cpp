#include "data/npy.hpp"
#include "fuzz/requirement.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

using ravine::fuzzing::may_refuse;
using ravine::fuzzing::require;

namespace {

constexpr std::string_view name = "fuzz.npy";

}  // namespace

/// An array is read with as many values as its shape says, all finite, or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  may_refuse(name, [&] {
    const ravine::npy_array array = ravine::parse_npy(std::as_bytes(std::span(data, size)), name);
    require(!array.shape.empty() && array.shape[0] > 0 && array.bytes.size() < size);
    may_refuse(name, [&] {
      const auto values = ravine::npy_floats(array, name);
      require(values.size() == array.shape[0] * array.row_size());
      require(std::ranges::all_of(values, [](float each) { return std::isfinite(each); }));
    });
    may_refuse(name, [&] { require(ravine::npy_targets(array, name).size() == array.shape[0]); });
    may_refuse(name, [&] { require(ravine::npy_labels(array, name).size() == array.shape[0]); });
  });
  return 0;
}
