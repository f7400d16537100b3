#include "trial/range_curve_bytes.hpp"

#include "core/printable.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace ravine {
namespace {

void put(byte_writer& to, const std::optional<double>& value) {
  to << std::uint8_t{value.has_value()} << value.value_or(0);
}

std::optional<double> take(byte_reader& from) {
  const bool is_there = from.get<std::uint8_t>() != 0;
  const auto value = from.get<double>();
  return is_there ? std::optional(value) : std::nullopt;
}

/// They are this program's own; a loss may have any value.
void check_rates(const range_curve& curve) {
  const auto check = [](double lr) {
    if (!(lr > 0 && std::isfinite(lr))) throw bytes_error(fmt::format("it has a learning rate of {}", lr));
  };
  for (const range_point& each : curve.points) check(each.lr);
  double last = 0;
  for (const range_try& each : curve.tries) {
    check(each.lr);
    if (each.lr <= last) throw bytes_error("its trials are not in the order of their learning rates");
    last = each.lr;
  }
  for (const auto& each : {curve.suggestion, curve.diverged_at, curve.steepest, curve.tenth_of_minimum}) {
    if (each) check(*each);
  }
}

}  // namespace

byte_writer& operator<<(byte_writer& out, const range_curve& curve) {
  out << curve.points << std::string_view(curve.fault);
  for (const auto* each : {&curve.suggestion, &curve.diverged_at, &curve.steepest, &curve.tenth_of_minimum}) {
    put(out, *each);
  }
  return out << curve.tries << std::string_view(curve.refusal);
}

byte_reader& operator>>(byte_reader& in, range_curve& curve) {
  in >> curve.points >> curve.fault;
  for (auto* each : {&curve.suggestion, &curve.diverged_at, &curve.steepest, &curve.tenth_of_minimum})
    *each = take(in);
  in >> curve.tries >> curve.refusal;
  check_rates(curve);
  for (auto* words : {&curve.fault, &curve.refusal}) *words = printable(*words, line_ends::kept);
  return in;
}

}  // namespace ravine
