#include "plugin/description.hpp"
#include "plugin/description_rules.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

namespace ravine {
namespace {

void put(byte_writer& to, const std::string& words) { to << std::string_view(words); }
void take(byte_reader& from, std::string& words) { from >> words; }
void put(byte_writer& to, const hyperparameter& each);
void take(byte_reader& from, hyperparameter& each);
void put(byte_writer& to, const component& each);
void take(byte_reader& from, component& each);

template <class T>
void put_all(byte_writer& to, const std::vector<T>& values) {
  to << std::uint64_t{values.size()};
  for (const T& each : values) put(to, each);
}

/// Each element is at least a byte, so that a count beyond the bytes that are left ends with bytes_error
/// before it has taken memory.
template <class T>
void take_all(byte_reader& from, std::vector<T>& values) {
  for (auto left = from.get<std::uint64_t>(); left > 0; --left) take(from, values.emplace_back());
}

/// A bool whose byte is neither 0 nor 1 would be undefined.
void take(byte_reader& from, bool& value) { value = from.get<std::uint8_t>() != 0; }

template <std::size_t index = 0>
void take_alternative(byte_reader& from, setting& value, std::size_t wanted) {
  if constexpr (index == std::variant_size_v<setting>) {
    throw bytes_error("it holds a value of an unknown type");
  } else if (index == wanted) {
    auto& held = value.emplace<index>();
    if constexpr (std::is_same_v<decltype(held), bool&>) {
      take(from, held);
    } else {
      from >> held;
    }
  } else {
    take_alternative<index + 1>(from, value, wanted);
  }
}

void put(byte_writer& to, const setting& value) {
  to << static_cast<std::uint8_t>(value.index());
  std::visit(
      [&](const auto& held) {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::string>) {
          to << std::string_view(held);
        } else {
          to << held;
        }
      },
      value);
}
void take(byte_reader& from, setting& value) { take_alternative(from, value, from.get<std::uint8_t>()); }

void put(byte_writer& to, const hyperparameter& each) {
  put(to, each.name);
  put(to, each.doc);
  to << each.type << each.schedulable << each.open_below << each.open_above << each.minimum << each.maximum
     << each.search_low << each.search_high << each.scale;
  put_all(to, each.choices);
  put(to, each.default_value);
}
void take(byte_reader& from, hyperparameter& each) {
  take(from, each.name);
  take(from, each.doc);
  from >> each.type;
  for (bool* const flag : {&each.schedulable, &each.open_below, &each.open_above}) take(from, *flag);
  from >> each.minimum >> each.maximum >> each.search_low >> each.search_high >> each.scale;
  take_all(from, each.choices);
  take(from, each.default_value);
}

void put(byte_writer& to, const component& each) {
  to << each.kind;
  for (const std::string* const words : {&each.id, &each.summary, &each.reference, &each.doc})
    put(to, *words);
  to << each.capabilities;
  put_all(to, each.hyperparameters);
}
void take(byte_reader& from, component& each) {
  from >> each.kind;
  for (std::string* const words : {&each.id, &each.summary, &each.reference, &each.doc}) take(from, *words);
  from >> each.capabilities;
  take_all(from, each.hyperparameters);
}

}  // namespace

byte_writer& operator<<(byte_writer& to, const plugin_description& described) {
  const plugin_file& file = described.file;
  for (const std::string* const words :
       {&file.sha256, &file.name, &file.version, &file.author, &file.license}) {
    put(to, *words);
  }
  put_all(to, described.components);
  return to;
}

byte_reader& operator>>(byte_reader& from, plugin_description& described) {
  plugin_file& file = described.file;
  for (std::string* const words : {&file.sha256, &file.name, &file.version, &file.author, &file.license}) {
    take(from, *words);
  }
  take_all(from, described.components);
  check_description(described);
  return from;
}

bool is_described_as(const component& one, const component& other) {
  byte_writer first, second;
  put(first, one);
  put(second, other);
  return std::ranges::equal(first.bytes(), second.bytes());
}

}  // namespace ravine
