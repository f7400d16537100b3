#include "commands/plugins_namesakes.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ravine::cli {

namespace fs = std::filesystem;

std::vector<fs::path> files_that_offer(const registry& plugins, component_kind kind, std::string_view id) {
  std::vector<fs::path> files;
  if (const component* const used = plugins.find(kind, id)) files.push_back(used->file->path);
  for (const shadowed_component& hidden : plugins.shadowed()) {
    if (hidden.kind == kind && hidden.id == id) files.push_back(hidden.path);
  }
  return files;
}

const fs::path& most_telling(const std::vector<fs::path>& files) {
  const auto shipped = std::ranges::find_if(files, is_shipped_plugin);
  return shipped == files.end() ? files.front() : *shipped;
}

std::string taken_text(const component& which, const std::vector<fs::path>& files) {
  const fs::path& file = most_telling(files);
  const std::string named = fmt::format("{} {} {}", which.kind == component_kind::optimizer ? "an" : "a",
                                        word_for(which), which.id);
  return is_shipped_plugin(file) ? fmt::format("Ravine has {} of its own ({})", named, file.string())
                                 : fmt::format("there is {} already, in {}", named, file.string());
}

std::string owner_text(const fs::path& file) {
  return is_shipped_plugin(file) ? fmt::format("Ravine's own ({})", file.string())
                                 : fmt::format("that of {}", file.string());
}

}  // namespace ravine::cli
