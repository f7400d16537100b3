#include "run/range_test_process.hpp"

#include "core/byte_stream.hpp"
#include "process/sandbox.hpp"
#include "train/range_test.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ravine {
namespace {

constexpr double longest = 2e6;  // seconds, for a test without a limit: 23 days

void put(byte_writer& to, const std::optional<double>& value) {
  to << std::uint8_t{value.has_value()} << value.value_or(0);
}

std::optional<double> take(byte_reader& from) {
  const bool is_there = from.get<std::uint8_t>() != 0;
  const auto value = from.get<double>();
  return is_there ? std::optional(value) : std::nullopt;
}

std::string to_bytes(const range_curve& curve) {
  byte_writer all;
  all << curve.points << std::string_view(curve.fault);
  put(all, curve.suggestion);
  put(all, curve.diverged_at);
  put(all, curve.steepest);
  put(all, curve.tenth_of_minimum);
  all << curve.tries << std::string_view(curve.refusal);
  return {reinterpret_cast<const char*>(all.bytes().data()), all.bytes().size()};
}

range_curve from_bytes(const std::string& bytes) {
  byte_reader all(std::as_bytes(std::span(bytes)));
  range_curve curve;
  all >> curve.points >> curve.fault;
  curve.suggestion = take(all);
  curve.diverged_at = take(all);
  curve.steepest = take(all);
  curve.tenth_of_minimum = take(all);
  all >> curve.tries >> curve.refusal;
  return curve;
}

}  // namespace

range_curve run_range_test_in_process(const trial_spec& spec, const registry& plugins, const dataset* data,
                                      const range_test_settings& how) {
  const double limit = spec.limits.seconds > 0 ? spec.limits.seconds : longest;
  const sandbox_outcome outcome =
      try_in_sandbox([&] { return to_bytes(run_range_test(spec, plugins, data, how)); },
                     {.time = std::chrono::duration<double>(limit), .memory = 0});
  if (outcome.ended == sandbox_outcome::how::answered) {
    try {
      return from_bytes(outcome.text);
    } catch (const bytes_error& problem) {
      return {.fault = std::string("crashed: a plugin wrote over the curve: ") + problem.what()};
    }
  }
  const bool crashed = outcome.ended == sandbox_outcome::how::crashed;
  return {.fault = (crashed ? "crashed: " : "") + outcome.text.substr(0, outcome.text.find('\n'))};
}

}  // namespace ravine
