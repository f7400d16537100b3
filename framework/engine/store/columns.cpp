#include "store/columns.hpp"

#include <limits>

#include <fmt/format.h>

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

double as_real(const SQLite::Column& column) {
  return column.isNull() ? std::numeric_limits<double>::quiet_NaN() : column.getDouble();
}

cost read_cost(SQLite::Statement& row, int first) {
  return {.steps = as_unsigned(row.getColumn(first)),
          .evaluations = as_unsigned(row.getColumn(first + 1)),
          .epochs = row.getColumn(first + 2).getDouble(),
          .gradient_seconds = row.getColumn(first + 3).getDouble(),
          .optimizer_seconds = row.getColumn(first + 4).getDouble()};
}

}  // namespace ravine
