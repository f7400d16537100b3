#pragma once

#include <string>
#include <string_view>

namespace ravine::cli {

/// Four significant digits, for a table: "0.01234", "1188", "1.5e-07"; "inf" and, for NaN, "—".
std::string number_text(double value);

/// The same, but accuracies have four digits after the point: "0.9600".
std::string metric_text(double value, std::string_view metric);

/// Steps, evaluations or epochs, which a median may halve: "2.5", "7,500", "inf"; for NaN "—".
std::string cost_text(double count);

/// "55.8 µs", "12.3 ms", "1.5 s", "12345 s"; "inf" and, for NaN, "—".
std::string seconds_text(double seconds);

/// Enough digits to read back the same number; "" for NaN, "inf" for infinity.
std::string exact_text(double value);

}  // namespace ravine::cli
