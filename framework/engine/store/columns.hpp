#pragma once

#include "store/store.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

namespace ravine {

/// SQLite keeps no more in one value, nor in one row.
inline constexpr std::size_t largest_value = 1'000'000'000;

/// Binds values to the statement's parameters one after another.
class binder {
 public:
  explicit binder(SQLite::Statement& statement) : statement_(statement) {}

  binder& operator<<(std::int64_t value) { return statement_.bind(++place_, value), *this; }
  binder& operator<<(std::uint64_t value) { return *this << static_cast<std::int64_t>(value); }
  binder& operator<<(double value) { return statement_.bind(++place_, value), *this; }
  binder& operator<<(const std::string& value) { return statement_.bind(++place_, value), *this; }
  binder& operator<<(std::string_view value) { return *this << std::string(value); }
  /// Bytes that outlive the statement's next execution. Throws store_error if they are too many.
  binder& operator<<(std::span<const std::byte> bytes);
  template <class T>
  binder& operator<<(const std::vector<T>& values) {
    return *this << std::as_bytes(std::span(values));
  }
  binder& operator<<(const cost& spent);
  /// Leaves that many parameters NULL.
  binder& skip(int count) { return place_ += count, *this; }

 private:
  SQLite::Statement& statement_;
  int place_ = 0;
};

/// SQLite's integers are signed; the bits are kept.
inline std::uint64_t as_unsigned(const SQLite::Column& column) {
  return static_cast<std::uint64_t>(column.getInt64());
}

/// SQLite knows no NaN: it keeps NULL in its place.
double as_real(const SQLite::Column& column);

/// The five columns of a cost, from `first` on.
cost read_cost(SQLite::Statement& row, int first);

/// The elements that `<<` has bound.
template <class T>
std::vector<T> read_array(const SQLite::Column& column) {
  const auto* const begin = static_cast<const std::byte*>(column.getBlob());
  std::vector<T> values(static_cast<std::size_t>(column.getBytes()) / sizeof(T));
  const std::span<std::byte> to = std::as_writable_bytes(std::span(values));
  if (begin != nullptr) std::copy_n(begin, to.size(), to.begin());
  return values;
}

}  // namespace ravine
