#include "core/nearest.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Levenshtein's distance: insertions, deletions and substitutions that turn one into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t k = 0; k < b.size(); ++k) {
      const std::size_t substituted = diagonal + (lower(a[i]) == lower(b[k]) ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({row[k] + 1, diagonal + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view name, std::span<const std::string> valid) {
  constexpr std::size_t longest = 64;  // nobody mistypes more, and the distance takes quadratic time
  if (name.size() > longest) return {};
  std::string best;
  std::size_t least = 0;
  for (const std::string& each : valid) {
    const std::size_t distance = edit_distance(name, each);
    const std::size_t tolerated = std::max<std::size_t>(1, std::max(name.size(), each.size()) / 3);
    if (distance <= tolerated && (best.empty() || distance < least)) {
      best = each;
      least = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> valid) {
  const std::string meant = nearest(name, valid);
  return meant.empty() ? "" : fmt::format("; did you mean {}?", meant);
}

std::string expected_name(std::string_view name, std::span<const std::string> valid,
                          std::string_view otherwise) {
  if (valid.empty()) return {};
  const std::string meant = did_you_mean(name, valid);
  return meant.empty() ? fmt::format("; {} {}", otherwise, fmt::join(valid, ", ")) : meant;
}

}  // namespace ravine
