#pragma once

#include <filesystem>
#include <string>

namespace ravine {

/// What failures from one cause have in common, whichever check met it: the array whose end was crossed, or
/// the message but for its numbers and, of a crash, the place in the plugin; float and double are one cause.
/// `reason` is a message, and of a crash one line a frame below it.
std::string cause_of(const std::string& reason, const std::filesystem::path& plugin);

}  // namespace ravine
