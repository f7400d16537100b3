#pragma once

#include "core/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ravine {

/// A whole number in decimal: "12", "-3", "+4". Empty if it is none or does not fit.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A finite number in decimal: "1", ".5", "1e-3". Empty if it is none or does not fit.
std::optional<double> parse_real(std::string_view text);

/// What a scalar without quotes means: true and false, an integer, a real number, or else text.
setting parse_scalar(std::string_view text);

/// What is wrong with text that was meant as a number, as the end of a sentence ("; numbers are written
/// without _: 1000"). Empty if there is nothing to say.
std::string number_hint(std::string_view text);

}  // namespace ravine
