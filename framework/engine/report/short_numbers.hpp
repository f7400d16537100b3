#pragma once

#include <span>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// The number with six significant digits, which is more than a screen shows.
double short_number(double value);

/// A JSON array of them; values that are not finite are null.
nlohmann::json short_numbers(std::span<const double> values);

}  // namespace ravine
