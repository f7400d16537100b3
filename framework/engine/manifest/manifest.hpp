#pragma once

#include "manifest/manifest_error.hpp"
#include "plugin/registry.hpp"
#include "trial/plan.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// Parses a manifest, checks it against the loaded plugins and the data sources, and works out its plan.
/// `file` names it in messages; `overrides` are --set expressions "path.to.key=yaml value", list elements
/// by index or, for problems and optimizers, by label ("optimizers.adam.with.lr=0.01").
/// Throws manifest_error.
plan parse_manifest(std::string_view text, const std::string& file, const std::vector<std::string>& overrides,
                    const registry& plugins);

/// Reads the file, then as parse_manifest. The experiment's name defaults to the file's stem.
plan load_manifest(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                   const registry& plugins);

}  // namespace ravine
