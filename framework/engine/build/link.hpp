#pragma once

#include <string>
#include <vector>

namespace ravine {

/// The compiler's arguments that link a plugin with a library: its name, as in -lNAME, or the path of a
/// shared or static one. A shared one is found where it lies when the plugin is loaded. Throws ravine::error
/// if there is no such file, or if the text is neither a name nor a path.
std::vector<std::string> link_arguments(const std::string& library);

/// What to do about what the linker said: of libraries that it did not find, and of functions that are in
/// none. "" if it said nothing of the kind.
std::string link_advice(const std::string& output);

}  // namespace ravine
