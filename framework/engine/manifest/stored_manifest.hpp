#pragma once

#include <string>
#include <string_view>

namespace ravine {

/// The baseline that a manifest fixes, from its text as a results file has it; empty if it fixes none.
/// Nothing else of the manifest is looked at: plugins that it names may be gone. Throws ravine::error if it
/// is no YAML, or has what the reader has come to refuse: "line 3: …", to which the caller adds whose it is.
std::string baseline_in(std::string_view manifest);

}  // namespace ravine
