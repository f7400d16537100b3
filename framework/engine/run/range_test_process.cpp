#include "run/range_test_process.hpp"

#include "core/printable.hpp"
#include "process/sandbox.hpp"
#include "train/range_test.hpp"
#include "trial/range_curve_bytes.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>

namespace ravine {
namespace {

constexpr double longest = 2e6;  // seconds, for a test without a limit: 23 days

std::string to_bytes(const range_curve& curve) {
  byte_writer all;
  all << curve;
  return {reinterpret_cast<const char*>(all.bytes().data()), all.bytes().size()};
}

range_curve from_bytes(const std::string& bytes) {
  return byte_reader(std::as_bytes(std::span(bytes))).get<range_curve>();
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
  return {.fault = (crashed ? "crashed: " : "") + printable(outcome.text.substr(0, outcome.text.find('\n')))};
}

}  // namespace ravine
