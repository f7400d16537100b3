#include "manifest/stored_manifest.hpp"

#include "core/error.hpp"
#include "manifest/yaml_value.hpp"

#include <fmt/format.h>

namespace ravine {

std::string baseline_in(std::string_view manifest) {
  if (manifest.empty()) return "";
  try {
    const yaml_value root = parse_yaml(manifest);
    const yaml_value* const written = root.type == yaml_value::kind::block ? root.find("baseline") : nullptr;
    return written != nullptr && written->is_scalar() ? written->text : "";
  } catch (const yaml_error& problem) {
    throw error(fmt::format("line {}: {}", problem.at.line, problem.what()));
  }
}

}  // namespace ravine
