#pragma once

#include "plugin/installation.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace ravine {

enum class source_language { cpp, c };

/// The kinds that there are templates for: optimizer, wrapper (an optimizer around another one), scheduler,
/// model, landscape.
bool is_template_kind(std::string_view kind);

/// Whether it may be a component's id and a C++ name: lower-case letters, digits, _, a letter first.
bool is_plugin_name(std::string_view name);

/// Writes NAME.cpp or NAME.c into the folder and answers where it is. Throws ravine::error if the name does
/// not fit or the file is there already.
std::filesystem::path write_template(const installation& from, std::string_view kind, const std::string& name,
                                     source_language language, const std::filesystem::path& folder);

}  // namespace ravine
