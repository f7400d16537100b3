#pragma once

#include "core/error.hpp"
#include "core/note.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

// All that commands print goes through here. Text of others (plugins, results files, data files) reaches no
// terminal with control characters: they are escaped, as by printable().
namespace ravine::cli {

/// Standard output can't be written to.
struct output_error : error {
  using error::error;
};
/// Nobody reads standard output any more, as with `| head`.
struct closed_output_error : output_error {
  using output_error::output_error;
};

/// Writes to standard output. Throws output_error.
void write_result(std::string_view text);
/// The same of text that is printable already but for the control sequences of a style.
void write_styled_result(std::string_view text);
/// Makes sure that all of it has been written. Throws output_error.
void flush_result();

/// Prints what the command was asked for, to standard output. Throws output_error.
template <class... T>
void print_result(fmt::format_string<T...> format, T&&... values) {
  write_result(fmt::format(format, std::forward<T>(values)...));
}

/// Prints what else there is to say, to standard error, or nowhere if it can't be written to.
template <class... T>
void print_note(fmt::format_string<T...> format, T&&... values) {
  note(fmt::format(format, std::forward<T>(values)...));
}

}  // namespace ravine::cli
