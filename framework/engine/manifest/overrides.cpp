#include "manifest/overrides.hpp"

#include "core/nearest.hpp"
#include "manifest/length.hpp"
#include "manifest/values.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

void place_all(yaml_value& value, const place& at) {
  value.at = at;
  for (yaml_value& key : value.keys) place_all(key, at);
  for (yaml_value& item : value.items) place_all(item, at);
}

/// The names by which --set can mean an entry of a list.
std::vector<std::string> names_of(const yaml_value& entry) {
  const auto text_of = [](const yaml_value* value) {
    return value != nullptr && value->is_scalar() ? value->text : std::string();
  };
  if (const std::string label = text_of(entry.find("label")); !label.empty()) return {label};
  const std::string use = text_of(entry.find("use"));
  if (use.empty()) return {};
  const yaml_value* const data = entry.find("data");
  const std::string source = data == nullptr ? "" : text_of(data->find("use"));
  if (source.empty()) return {use};
  return {use, use + ' ' + source};
}

/// Whether a key of that name takes a length, alone or with other keys.
bool holds_length(std::string_view name) {
  const auto takes_length = [&](const key_grammar& key) {
    return key.name == name && key.value.inner != nullptr &&
           std::ranges::any_of(key.value.inner->keys,
                               [](const key_grammar& inner) { return find_unit(inner.name).has_value(); });
  };
  return std::ranges::any_of(grammar::blocks(), [&](const block_grammar* block) {
    return std::ranges::any_of(block->keys, takes_length);
  });
}

/// A path that is followed from the manifest's root to the value that an expression sets.
class override_path {
 public:
  override_path(std::string_view path, place at, diagnostics& errors)
      : path_(path), rest_(path), at_(at), errors_(errors) {}

  /// The value at the end of the path, made if need be; null, with an error, if the path leads nowhere.
  yaml_value* follow(yaml_value& root) {
    yaml_value* now = &root;
    for (std::size_t depth = 0; now != nullptr && !rest_.empty(); ++depth) {
      if (depth == yaml_depth_limit) return fail("the path has too many parts");
      now = now->type == yaml_value::kind::list ? entry(*now) : child(*now);
    }
    return now;
  }

 private:
  yaml_value* fail(std::string message) {
    errors_.add(at_, std::move(message));
    return nullptr;
  }

  std::string_view walked() const {
    const std::string_view done = path_.substr(0, path_.size() - rest_.size());
    return done.ends_with('.') ? done.substr(0, done.size() - 1) : done;
  }

  /// Drops what has been read and the point after it.
  void advance(std::size_t length) {
    rest_.remove_prefix(length);
    if (rest_.starts_with('.') && rest_.size() > 1) rest_.remove_prefix(1);
  }

  yaml_value* child(yaml_value& parent) {
    if (parent.is_scalar())
      return fail(fmt::format("{} is {}, and has nothing below it", walked(), found_text(parent)));
    const std::string_view key = rest_.substr(0, rest_.find_first_of(".["));
    if (key.empty()) return fail("expected keys joined by points, such as train.epochs=3");
    if (parent.type == yaml_value::kind::null) parent.type = yaml_value::kind::block;
    const bool last = key.size() == rest_.size();
    if (last && holds_length(key_)) drop_other_units(parent, key);
    key_ = key;
    yaml_value* value = parent.find(key);
    if (value == nullptr) {
      parent.keys.push_back({.type = yaml_value::kind::plain, .at = at_, .text = std::string(key)});
      value = &parent.items.emplace_back();
      value->at = at_;
    }
    advance(key.size());
    return value;
  }

  /// Lengths of the manifest in another unit; one of another --set stays, and is then one too many.
  static void drop_other_units(yaml_value& parent, std::string_view key) {
    if (!find_unit(key)) return;
    for (std::size_t i = parent.keys.size(); i-- > 0;) {
      const yaml_value& other = parent.keys[i];
      if (!find_unit(other.text) || other.text == key || parent.items[i].at.line == 0) continue;
      parent.keys.erase(parent.keys.begin() + static_cast<std::ptrdiff_t>(i));
      parent.items.erase(parent.items.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  yaml_value* entry(yaml_value& list) {
    const bool bracket = rest_.starts_with('[');
    const std::string_view text = rest_.substr(bracket ? 1 : 0);
    std::size_t index = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
    const auto digits = static_cast<std::size_t>(end - text.data());
    const std::string_view after = text.substr(digits);
    const bool is_index =
        digits > 0 && (bracket ? after.starts_with(']') : after.empty() || after.front() == '.');
    if (!is_index) return labelled(list);
    if (failure != std::errc() || index >= list.items.size()) {
      return fail(fmt::format("{} has {} entries, counted from 0", walked(), list.items.size()));
    }
    advance(digits + (bracket ? 2 : 0));
    return &list.items[index];
  }

  /// The entry whose label is the beginning of the rest. Labels may contain points: the longest wins.
  yaml_value* labelled(yaml_value& list) {
    yaml_value* best = nullptr;
    std::size_t length = 0;
    std::size_t alike = 0;
    std::vector<std::string> names;
    for (yaml_value& item : list.items) {
      for (const std::string& name : names_of(item)) {
        names.push_back(name);
        const bool fits =
            rest_.starts_with(name) && (rest_.size() == name.size() || rest_[name.size()] == '.');
        if (!fits || name.size() < length) continue;
        alike = name.size() == length ? alike + 1 : 1;
        length = name.size();
        best = &item;
      }
    }
    if (alike > 1) {
      return fail(fmt::format("{} entries of {} are called {}; use the index", alike, walked(),
                              rest_.substr(0, length)));
    }
    if (best == nullptr) {
      const std::string wanted(rest_.substr(0, rest_.find('.')));
      return fail(fmt::format("{} has no entry {}{}", walked(), wanted, expected_name(wanted, names)));
    }
    advance(length);
    return best;
  }

  std::string_view path_;
  std::string_view rest_;
  std::string_view key_;  // the last one walked through
  place at_;
  diagnostics& errors_;
};

void apply(yaml_value& manifest, const std::string& expression, const place& at, diagnostics& errors) {
  const std::size_t equals = expression.find('=');
  if (equals == 0 || equals == std::string::npos) {
    errors.add(at, "expected PATH=VALUE, such as train.epochs=3");
    return;
  }
  std::optional<yaml_value> value;
  try {
    value = parse_yaml(std::string_view(expression).substr(equals + 1));
  } catch (const yaml_error& problem) {
    errors.add(at, problem.what());
    return;
  }
  place_all(*value, at);
  override_path path(std::string_view(expression).substr(0, equals), at, errors);
  if (yaml_value* const target = path.follow(manifest)) *target = std::move(*value);
}

}  // namespace

void apply_overrides(yaml_value& manifest, const std::vector<std::string>& expressions, diagnostics& errors) {
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    apply(manifest, expressions[i], place::of_override(i), errors);
  }
}

}  // namespace ravine
