#pragma once

#include <span>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// The number with so many significant digits: six are more than a screen shows.
double short_number(double value, int digits = 6);

/// A JSON array of them; values that are not finite are null.
nlohmann::json short_numbers(std::span<const double> values, int digits = 6);

}  // namespace ravine
