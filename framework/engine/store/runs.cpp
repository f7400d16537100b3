#include "store/runs.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

namespace ravine {

std::vector<std::uint64_t> to_runs(std::span<const std::uint64_t> values) {
  std::vector<std::uint64_t> runs;
  for (std::size_t i = 0; i < values.size();) {
    const std::uint64_t first = values[i];
    const std::uint64_t difference = i + 1 < values.size() ? values[i + 1] - first : 0;
    std::uint64_t count = 1;
    while (i + count < values.size() && values[i + count] - values[i + count - 1] == difference) ++count;
    runs.insert(runs.end(), {first, difference, count});
    i += count;
  }
  return runs;
}

std::vector<std::uint64_t> from_runs(std::span<const std::uint64_t> runs, std::size_t count) {
  std::vector<std::uint64_t> values;
  values.reserve(count);
  for (; runs.size() >= 3 && runs[2] <= count - values.size(); runs = runs.subspan(3)) {
    for (std::uint64_t i = 0; i < runs[2]; ++i) values.push_back(runs[0] + i * runs[1]);
  }
  if (!runs.empty() || values.size() != count) {
    throw error(fmt::format("found runs that are not those of {} numbers", count));
  }
  return values;
}

}  // namespace ravine
