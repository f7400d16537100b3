#pragma once

#include "core/settings.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/grammar.hpp"
#include "manifest/yaml_value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Values by their grammar. Each function reports a value that is not as it should be, under `name`, and is
// empty then.
namespace ravine {

/// The value as messages show it: the scalar's text (shortened), "nothing", "a list" or "a block".
std::string found_text(const yaml_value& value);

/// Reports "NAME: found …, expected EXPECTATION" and, of a number in another notation, how to write it.
void expected(const yaml_value& value, std::string_view name, std::string_view expectation,
              diagnostics& errors);

/// The whole number that a scalar without quotes is, 1e6 being one; empty if it is none.
std::optional<std::int64_t> whole_number(const yaml_value& value);

/// A scalar as text without control characters that is not empty.
std::optional<std::string> read_text(const yaml_value& value, std::string_view name, diagnostics& errors);

/// A whole number, or one of the grammar's words.
std::optional<setting> read_integer(const yaml_value& value, std::string_view name,
                                    const value_grammar& allowed, diagnostics& errors);

std::optional<double> read_real(const yaml_value& value, std::string_view name, const value_grammar& allowed,
                                diagnostics& errors);

std::optional<bool> read_flag(const yaml_value& value, std::string_view name, diagnostics& errors);

/// One of the grammar's words. `hint` is what the error ends with.
std::optional<std::string_view> read_word(const yaml_value& value, std::string_view name,
                                          const value_grammar& allowed, std::string_view hint,
                                          diagnostics& errors);

/// A size in bytes: "512 MiB" or "2GB".
std::optional<std::uint64_t> read_size(const yaml_value& value, std::string_view name, diagnostics& errors);

/// What read_size accepts, as a regular expression.
std::string size_pattern();

/// The entries of a list; null if it is none, or has too few or too many.
const std::vector<yaml_value>* read_list(const yaml_value& value, std::string_view name,
                                         const value_grammar& allowed, diagnostics& errors);

}  // namespace ravine
