#include "core/scalar.hpp"
#include "fuzz/requirement.hpp"
#include "manifest/manifest.hpp"
#include "manifest/yaml_value.hpp"
#include "plugin/registry.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using ravine::fuzzing::require;

namespace {

/// Plans of more repetitions take long without showing anything new.
constexpr std::size_t longest_count = 2;  // digits

const ravine::registry& plugins() {
  static const ravine::registry loaded = [] {
    ravine::registry found;
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    return found;
  }();
  return loaded;
}

/// Texts that are separated by zero bytes: the manifest, then --set expressions.
std::vector<std::string> split(std::string_view all) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = all.find('\0');
    parts.emplace_back(all.substr(0, end));
    if (end == std::string_view::npos) return parts;
    all.remove_prefix(end + 1);
  }
}

bool is_printable(std::string_view message) {
  for (const char c : message) {
    if (static_cast<unsigned char>(c) < 0x20) return false;
  }
  return !message.empty();
}

bool repeats_much(const std::string& text) {
  try {
    const ravine::yaml_value root = ravine::parse_yaml(text);
    const ravine::yaml_value* const repetitions = root.find("repetitions");
    return repetitions != nullptr && repetitions->text.size() > longest_count;
  } catch (const ravine::yaml_error&) {
    return false;
  }
}

/// Text that means nothing but itself may gain quotes.
bool same_type(const ravine::yaml_value& a, const ravine::yaml_value& b) {
  const bool text = std::holds_alternative<std::string>(ravine::parse_scalar(a.text));
  return a.type == b.type || (a.is_scalar() && b.is_scalar() && text);
}

bool same(const ravine::yaml_value& a, const ravine::yaml_value& b) {
  if (!same_type(a, b) || a.text != b.text || a.keys.size() != b.keys.size() ||
      a.items.size() != b.items.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.keys.size(); ++i) {
    if (!same(a.keys[i], b.keys[i])) return false;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!same(a.items[i], b.items[i])) return false;
  }
  return true;
}

void check_round_trip(const std::string& text) {
  try {
    const ravine::yaml_value once = ravine::parse_yaml(text);
    require(same(ravine::parse_yaml(ravine::emit_yaml(once)), once));
  } catch (const ravine::yaml_error&) {
  }
}

/// A manifest either has errors that can be shown or a plan, which its own text gives again.
void check_plan(const std::string& text, const std::vector<std::string>& overrides) {
  try {
    const ravine::plan plan = ravine::parse_manifest(text, "fuzz.yaml", overrides, plugins());
    require(!plan.trials.empty());
    const ravine::plan again = ravine::parse_manifest(plan.manifest, "fuzz.yaml", {}, plugins());
    require(plan.trials.size() == again.trials.size() && plan.trials.back().hash == again.trials.back().hash);
  } catch (const ravine::manifest_error& error) {
    require(!error.diagnostics.empty());
    for (const ravine::manifest_diagnostic& each : error.diagnostics) {
      require(each.line == 0 ? !overrides.empty() : each.column >= 1);
      require(each.line == 0 || is_printable(each.message));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> parts = split({reinterpret_cast<const char*>(data), size});
  const std::string text = std::move(parts.front());
  parts.erase(parts.begin());
  if (repeats_much(text)) return 0;
  for (const std::string& expression : parts) {
    if (expression.find("rep") != std::string::npos) return 0;
  }
  check_round_trip(text);
  check_plan(text, parts);
  return 0;
}
