#pragma once

#include <string>

namespace ravine {

/// docs/manifest.md: the reference of every key, in Markdown.
std::string manifest_page();

}  // namespace ravine
