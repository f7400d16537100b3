#include "data/csv.hpp"
#include "fuzz/requirement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using ravine::fuzzing::may_refuse;
using ravine::fuzzing::require;

namespace {

constexpr std::string_view name = "fuzz.csv";

}  // namespace

/// The first byte chooses the options. A table is read as a whole or refused in words that begin with the
/// file's name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::array targets{"last", "1", "2", "y"};
  constexpr std::array separators{',', ';', '\t', ','};
  const ravine::csv_options options{
      targets[data[0] % 4], static_cast<ravine::csv_header>(data[0] / 4 % 3), separators[data[0] / 16 % 4],
      data[0] / 64 % 2 == 0 ? ravine::learning_task::classification : ravine::learning_task::regression};
  const std::string_view content(reinterpret_cast<const char*>(data) + 1, size - 1);
  may_refuse(name, [&] {
    const ravine::csv_table table = ravine::parse_csv(content, options, name);
    const auto are_finite = [](const std::vector<float>& values) {
      return std::ranges::all_of(values, [](float each) { return std::isfinite(each); });
    };
    const std::size_t rows = table.target.size() + table.numbers.size();
    require(rows > 0 && !table.columns.empty() && table.values.size() == rows * table.columns.size());
    require(are_finite(table.values) && are_finite(table.numbers));
    if (options.task == ravine::learning_task::regression) {
      require(table.target.empty() && table.classes.empty());
    } else {
      require(std::ranges::max(table.target) + std::size_t{1} == table.classes.size());
    }
  });
  return 0;
}
