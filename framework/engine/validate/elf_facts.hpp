#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ravine {

/// What the headers of a shared object say, without loading it.
struct elf_facts {
  std::vector<std::string> exported;  ///< names of the symbols that others can link to
  bool has_executable_stack;          ///< loading it would make the stacks of the program executable
};

/// Throws plugin_error if the file is no whole shared object.
elf_facts read_elf_facts(const std::filesystem::path& file);

}  // namespace ravine
