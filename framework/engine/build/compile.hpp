#pragma once

#include "plugin/installation.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace ravine {

enum class compiler_colour { never, always };

/// What the compiler did.
struct compilation {
  std::vector<std::string> command;
  bool succeeded;
  std::string output;  ///< what it said, as it was said
};

/// What a plugin is made of.
struct plugin_sources {
  std::vector<std::filesystem::path> files;  ///< of one language
  std::vector<std::string> libraries{};      ///< names or paths, as link_arguments has them
};

/// Compiles sources to a shared object, optimised, with the installation's options. CXX and CC name another
/// compiler, CXXFLAGS and CFLAGS further options. Throws ravine::error if the compiler can't be started, the
/// files are of different languages, or a library can't be one.
compilation compile_plugin(const installation& with, const plugin_sources& sources,
                           const std::filesystem::path& object, compiler_colour colour);

/// The line of the author's own files that the first error comes from, "my_opt.cpp:12: the line's text": an
/// error inside a template names other files first. "" if there is none.
std::string author_line(const std::string& output, const std::vector<std::filesystem::path>& sources);

/// Moves a finished object into the folder, which is made if need be, under the name NAME.so. An older one is
/// replaced in one step, so that programs that have it loaded go on with it.
std::filesystem::path install_plugin(const std::filesystem::path& object, const std::filesystem::path& folder,
                                     const std::string& name);

}  // namespace ravine
