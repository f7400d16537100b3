#include "store/columns.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {

binder& binder::operator<<(std::span<const std::byte> bytes) {
  if (bytes.size() > largest_value) {
    throw store_error(fmt::format("{} MiB are too many for one value of a results file, which has at most {}",
                                  bytes.size() >> 20U, largest_value >> 20U));
  }
  // Without a copy, which is as large again; a null pointer would mean NULL rather than no bytes.
  const void* const begin = bytes.empty() ? static_cast<const void*>("") : bytes.data();
  statement_.bindNoCopy(++place_, begin, static_cast<int>(bytes.size()));
  return *this;
}

binder& binder::operator<<(const cost& spent) {
  return *this << spent.steps << spent.evaluations << spent.epochs << spent.gradient_seconds
               << spent.optimizer_seconds;
}

namespace {

std::string_view type_of(const SQLite::Column& column) {
  if (column.isInteger()) return "a whole number";
  if (column.isFloat()) return "a number";
  if (column.isText()) return "a text";
  return column.isBlob() ? "bytes" : "nothing";
}

[[noreturn]] void fail(const SQLite::Column& column, std::string_view expected) {
  throw error(
      fmt::format("found {} in the column {}, expected {}", type_of(column), column.getName(), expected));
}

}  // namespace

std::uint64_t as_unsigned(const SQLite::Column& column) {
  if (!column.isInteger()) fail(column, "a whole number");
  return static_cast<std::uint64_t>(column.getInt64());
}

unsigned as_count(const SQLite::Column& column) {
  if (column.isNull()) return 0;
  const std::uint64_t value = as_unsigned(column);
  if (value > std::numeric_limits<unsigned>::max()) fail(column, "one of at most 32 bits, not below zero");
  return static_cast<unsigned>(value);
}

double as_real(const SQLite::Column& column) {
  if (!column.isFloat() && !column.isInteger()) fail(column, "a number");
  return column.getDouble();
}

double as_real_or_nan(const SQLite::Column& column) {
  return column.isNull() ? std::numeric_limits<double>::quiet_NaN() : as_real(column);
}

std::string as_text(const SQLite::Column& column) {
  if (!column.isText()) fail(column, "a text");
  std::string text(bytes_of(column));
  if (std::ranges::any_of(text, [](char each) { return (each & 0x80) != 0; })) {
    try {
      static_cast<void>(nlohmann::json(text).dump());
    } catch (const nlohmann::json::exception&) {
      fail(column, "UTF-8");
    }
  }
  return text;
}

std::string_view bytes_of(const SQLite::Column& column) {
  const auto* const begin = static_cast<const char*>(column.getBlob());  // before their number is asked for
  return {begin, static_cast<std::size_t>(column.getBytes())};
}

provenance read_provenance(SQLite::Statement& row, int first) {
  const auto text = [&](int place) { return as_text(row.getColumn(first + place)); };
  return {.machine = text(0),
          .build = text(1),
          .cores = as_count(row.getColumn(first + 2)),
          .node = text(3),
          .job = text(4),
          .build_sha256 = text(5),
          .revision = text(6),
          .flags = text(7),
          .libm = text(8),
          .blas = text(9),
          .blas_kernel = text(10)};
}

cost read_cost(SQLite::Statement& row, int first) {
  return {.steps = as_unsigned(row.getColumn(first)),
          .evaluations = as_unsigned(row.getColumn(first + 1)),
          .epochs = as_real(row.getColumn(first + 2)),
          .gradient_seconds = as_real(row.getColumn(first + 3)),
          .optimizer_seconds = as_real(row.getColumn(first + 4))};
}

}  // namespace ravine
