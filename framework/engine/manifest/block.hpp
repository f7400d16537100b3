#pragma once

#include "manifest/diagnostics.hpp"
#include "manifest/yaml_value.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A value with the place where it was written.
template <class T>
struct located {
  T value;
  place at;
};

/// What was errors, for a message: the scalar's text (shortened), "nothing", "a list" or "a block".
std::string found_text(const yaml_value& value);

/// Reports "NAME: found …, expected EXPECTED" with what else there is to say.
void expected(const yaml_value& value, std::string_view name, std::string_view what, diagnostics& errors);

/// "; did you mean "x"?" or, when no name is near, the list of the valid names.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& valid);

/// A block whose keys are known. Its making reports a value that is no block, unknown and repeated keys.
class block {
 public:
  /// `name` is what messages call it; an empty value counts as a block without keys. `inner` are keys
  /// that belong one level deeper, under `with`: a key that is written beside it instead is told so.
  block(const yaml_value& value, std::string name, std::vector<std::string> keys, diagnostics& errors,
        const std::vector<std::string>& inner = {});

  /// Whether it is a block at all.
  bool valid() const { return valid_; }
  const std::string& name() const { return name_; }
  const place& at() const { return value_->at; }

  /// The value of a key; null if it is not there.
  const yaml_value* operator[](std::string_view key) const { return value_->find(key); }

 private:
  const yaml_value* value_;
  std::string name_;
  bool valid_;
};

/// A list that is not empty; null, with an error, if the value is none.
const std::vector<yaml_value>* read_list(const yaml_value& value, std::string_view name, diagnostics& errors);

/// The same for a list of problems or optimizers, each of which is run with all of the others.
inline constexpr std::size_t entry_limit = 1000;
const std::vector<yaml_value>* read_entries(const yaml_value& value, std::string_view name,
                                            diagnostics& errors);

/// A scalar as text without control characters that is not empty.
std::optional<std::string> read_text(const yaml_value& value, std::string_view name, diagnostics& errors);

/// The whole number that a scalar without quotes is, 1e6 being one; empty if it is none.
std::optional<std::int64_t> whole_number(const yaml_value& value);

/// A whole number in a range.
struct integer_range {
  std::int64_t minimum;
  std::int64_t maximum;
};
std::optional<std::int64_t> read_integer(const yaml_value& value, std::string_view name, integer_range range,
                                         diagnostics& errors);

/// A finite number; anything, or only above 0.
enum class real_range { any, positive };
std::optional<double> read_real(const yaml_value& value, std::string_view name, real_range range,
                                diagnostics& errors);

/// true or false.
std::optional<bool> read_flag(const yaml_value& value, std::string_view name, diagnostics& errors);

}  // namespace ravine
