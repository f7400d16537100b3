#include "manifest/limits.hpp"

#include "core/scalar.hpp"
#include "manifest/block.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ravine {
namespace {

/// "512 MiB" or "2GB" in bytes; empty if it is no such size, or none of at least a byte.
std::optional<std::uint64_t> size_in_bytes(const std::string& text) {
  static const std::map<std::string, double> units{
      {"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}};
  constexpr double most = 0x1p50;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::size_t letters = std::min(text.find_first_not_of(' ', digits), text.size());
  const auto number = parse_real(text.substr(0, digits));
  const auto unit = units.find(text.substr(letters));
  if (!number || unit == units.end()) return std::nullopt;
  const double bytes = std::floor(*number * unit->second);
  if (bytes < 1 || bytes > most) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace

limits_spec read_limits(const yaml_value* value, diagnostics& errors) {
  limits_spec limits;
  if (value == nullptr) return limits;
  const block in(*value, "limits", {"seconds", "memory"}, errors);
  if (const yaml_value* seconds = in["seconds"]) {
    limits.seconds = read_real(*seconds, "limits.seconds", real_range::positive, errors).value_or(0);
  }
  if (const yaml_value* memory = in["memory"]) {
    const auto bytes = memory->is_scalar() ? size_in_bytes(memory->text) : std::nullopt;
    if (!bytes) expected(*memory, "limits.memory", "a size such as 512 MiB or 2 GiB", errors);
    limits.memory = bytes.value_or(0);
  }
  return limits;
}

}  // namespace ravine
