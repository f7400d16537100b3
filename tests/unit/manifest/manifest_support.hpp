#pragma once

#include "manifest/manifest.hpp"
#include "plugin/registry.hpp"

#include <string>
#include <vector>

namespace ravine::testing {

/// The plugins of this build, loaded once.
inline const registry& built_plugins() {
  static const registry plugins = [] {
    registry found;
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    return found;
  }();
  return plugins;
}

inline plan parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_manifest(text, "test.yaml", overrides, built_plugins());
}

/// what() of the manifest's errors; "" if it has none.
inline std::string report(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    parse(text, overrides);
    return "";
  } catch (const manifest_error& errors) {
    return errors.what();
  }
}

}  // namespace ravine::testing
