#pragma once

#include <string>

namespace ravine::cli {

/// The reason of a failure in one line: of a crash, what happened and the innermost place in a plugin,
/// "SIGSEGV: went through a null pointer, at my_opt.cpp:31 (my_opt.so)"; the program's own frames and
/// those of system libraries are left out.
std::string failure_line(const std::string& reason);

}  // namespace ravine::cli
