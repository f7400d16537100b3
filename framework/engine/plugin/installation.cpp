#include "plugin/installation.hpp"

#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/auxv.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

constexpr auto file_name = "share/ravine/installation.json";

/// Paths are relative to the folder that holds share/, unless they are absolute.
installation read(const fs::path& root) {
  const fs::path file = root / file_name;
  try {
    const auto found = nlohmann::json::parse(std::ifstream(file));
    installation read{.plugins = root / found.at("plugins").get<fs::path>(),
                      .includes = {},
                      .suites = root / found.at("suites").get<fs::path>(),
                      .version_script = root / found.at("version_script").get<fs::path>(),
                      .templates = root / found.at("templates").get<fs::path>(),
                      .c_compiler = found.at("c_compiler"),
                      .cxx_compiler = found.at("cxx_compiler"),
                      .compile_options = found.at("compile_options"),
                      .c_options = found.at("c_options"),
                      .cxx_options = found.at("cxx_options"),
                      .link_options = found.at("link_options")};
    for (const auto& folder : found.at("includes")) read.includes.push_back(root / folder.get<fs::path>());
    return read;
  } catch (const nlohmann::json::exception& problem) {
    throw error(fmt::format("{}: {}; install Ravine again", file.string(), problem.what()));
  }
}

}  // namespace

installation find_installation(const fs::path& program_folder) {
  for (const fs::path& root : {program_folder, program_folder.parent_path()}) {
    if (fs::exists(root / file_name)) return read(root);
  }
  throw error(fmt::format("{} is neither in {} nor in {}; install Ravine again", file_name,
                          program_folder.string(), program_folder.parent_path().string()));
}

fs::path program_folder() {
  std::error_code no_proc;  // in a bare chroot
  const fs::path program = fs::read_symlink("/proc/self/exe", no_proc);
  if (!no_proc) return program.parent_path();
  const auto* const started_as =
      reinterpret_cast<const char*>(getauxval(AT_EXECFN));  // NOLINT(performance-no-int-to-ptr)
  return fs::weakly_canonical(started_as == nullptr ? "." : started_as).parent_path();
}

}  // namespace ravine
