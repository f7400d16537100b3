#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace ravine {

/// What belongs to this program: the plugins and suites that it ships, and what building one more plugin
/// takes. The program finds it relative to itself, in share/ravine/installation.json beside it or one folder
/// up, so that an installation may be moved.
struct installation {
  std::filesystem::path plugins;                ///< folder of the plugins that are shipped
  std::vector<std::filesystem::path> includes;  ///< folders that hold <ravine/…>
  std::filesystem::path suites;                 ///< folder of the suites that are shipped
  std::filesystem::path version_script;         ///< hides every symbol of a plugin but its entry
  std::filesystem::path templates;              ///< folder of what `ravine plugins new` begins with
  std::string c_compiler;                       ///< as they were recorded when Ravine was built
  std::string cxx_compiler;
  std::vector<std::string> compile_options;  ///< of both languages
  std::vector<std::string> c_options;
  std::vector<std::string> cxx_options;
  std::vector<std::string> link_options;
};

/// Reads the file below the folder of a program. Throws ravine::error with the places that were searched, or
/// with what is wrong in the file.
installation find_installation(const std::filesystem::path& program_folder);

/// The folder of the program that runs.
std::filesystem::path program_folder();

}  // namespace ravine
