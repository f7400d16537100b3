#include "text/number_text.hpp"

#include "core/counted.hpp"
#include "trial/trial_result.hpp"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace ravine::cli {

std::string number_text(double value) {
  if (std::isnan(value)) return "—";
  const double size = std::abs(value);
  // Steps and bytes are counted to the last one.
  if (std::trunc(value) == value && size < 1e7) return fmt::format("{:.0f}", value);
  return size >= 1e4 && size < 1e7 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

std::string metric_text(double value, std::string_view metric) {
  return higher_is_better(metric) && std::isfinite(value) ? fmt::format("{:.4f}", value) : number_text(value);
}

std::string cost_text(double count) {
  constexpr double most = 1e15;  // which a double counts to
  return count >= 1000 && count < most ? count_text(static_cast<std::uint64_t>(std::llround(count)))
                                       : number_text(count);
}

std::string seconds_text(double seconds) {
  if (!std::isfinite(seconds)) return number_text(seconds);
  const double size = std::abs(seconds);
  if (size >= 100) return fmt::format("{:.0f} s", seconds);
  if (size == 0 || size >= 1) return fmt::format("{:.3g} s", seconds);
  return size < 1e-3 ? fmt::format("{:.3g} µs", 1e6 * seconds) : fmt::format("{:.3g} ms", 1e3 * seconds);
}

std::string exact_text(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

}  // namespace ravine::cli
