#pragma once

#include <string>
#include <string_view>

namespace ravine::cli {

/// The text with `indent` before each line but the first, so that none of them looks like a line of ours.
std::string indented(std::string_view text, std::string_view indent);

}  // namespace ravine::cli
