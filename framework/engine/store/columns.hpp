#pragma once

#include "core/error.hpp"
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
#include <fmt/format.h>

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

// What is read may have any type and any value, whatever the schema says: these throw ravine::error for
// others than were saved.

/// SQLite's integers are signed; the bits are kept.
std::uint64_t as_unsigned(const SQLite::Column& column);
/// A number of things: none if it is NULL.
unsigned as_count(const SQLite::Column& column);
/// Any number.
double as_real(const SQLite::Column& column);
/// SQLite knows no NaN: it keeps NULL in its place.
double as_real_or_nan(const SQLite::Column& column);
/// UTF-8.
std::string as_text(const SQLite::Column& column);
/// The bytes of a text or a blob, as long as the row is the statement's.
std::string_view bytes_of(const SQLite::Column& column);

/// The five columns of a cost, from `first` on.
cost read_cost(SQLite::Statement& row, int first);

/// Of the table provenances, named o; read_provenance reads them, from `first` on.
inline constexpr std::string_view provenance_columns =
    "o.processor, o.build, o.cores, o.node, o.job, o.build_sha256, o.revision, o.flags, o.libm, o.blas, "
    "o.blas_kernel";
provenance read_provenance(SQLite::Statement& row, int first);

/// The elements of bytes_of that `<<` has bound.
template <class T>
std::vector<T> read_array(std::string_view bytes) {
  if (bytes.size() % sizeof(T) != 0) {
    throw error(
        fmt::format("found an array of {} bytes, expected a multiple of {}", bytes.size(), sizeof(T)));
  }
  std::vector<T> values(bytes.size() / sizeof(T));
  std::ranges::copy(std::as_bytes(std::span(bytes)), std::as_writable_bytes(std::span(values)).begin());
  return values;
}

}  // namespace ravine
