#pragma once

#include <string>
#include <string_view>

namespace ravine {

/// The text compressed with gzip (RFC 1952), without a date or a name, and written in base64.
std::string packed_text(std::string_view text);

}  // namespace ravine
