#include "data/csv.hpp"
#include "data/data_error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view name = "fuzz.csv";

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// The first byte chooses the options. A table is read as a whole or refused in words that begin with the
/// file's name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::array targets{"last", "1", "2", "y"};
  constexpr std::array separators{',', ';', '\t', ','};
  const ravine::csv_options options{targets[data[0] % 4], static_cast<ravine::csv_header>(data[0] / 4 % 3),
                                    separators[data[0] / 16 % 4]};
  const std::string_view content(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    const ravine::csv_table table = ravine::parse_csv(content, options, name);
    require(!table.target.empty() && !table.columns.empty() && !table.classes.empty());
    require(table.values.size() == table.target.size() * table.columns.size());
    require(std::ranges::max(table.target) + std::size_t{1} == table.classes.size());
    require(std::ranges::all_of(table.values, [](float each) { return std::isfinite(each); }));
  } catch (const ravine::data_error& fault) {
    require(std::string_view(fault.what()).starts_with(name));
  }
  return 0;
}
