#include "text/number_text.hpp"

#include "trial/trial_result.hpp"

#include <cmath>

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

std::string exact_text(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

}  // namespace ravine::cli
