#pragma once

#include <filesystem>
#include <string>

namespace ravine::cli {

/// Writes all of it or nothing: a full disk leaves no half file behind. Throws ravine::error.
void write_whole(const std::filesystem::path& file, const std::string& text);

}  // namespace ravine::cli
