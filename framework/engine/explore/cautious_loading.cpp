#include "explore/cautious_loading.hpp"

#include "process/sandbox.hpp"

#include <algorithm>
#include <string>
#include <system_error>

namespace ravine {
namespace {

namespace fs = std::filesystem;

constexpr double most_seconds = 5;  // for one file to load

std::vector<fs::path> shared_objects(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const fs::directory_entry& each : fs::directory_iterator(folder, ignored)) {
    if (each.path().extension() == ".so") found.push_back(each.path());
  }
  std::ranges::sort(found);
  return found;
}

/// Why the file must not be loaded here; empty if it may, also to be refused in the usual way.
std::string danger_of(const fs::path& file) {
  try {
    return in_sandbox(
        [&] {
          try {
            registry alone;
            alone.load(file);
          } catch (const plugin_error&) {  // refused, which is no danger
          }
          return std::string();
        },
        most_seconds);
  } catch (const error& problem) {
    return std::string("while it was loaded, ") + problem.what();
  }
}

}  // namespace

registry load_plugins_cautiously(const std::vector<fs::path>& given) {
  registry loaded;
  for (const fs::path& folder : plugin_folders(given)) {
    std::vector<rejected_plugin> dangers;
    for (const fs::path& file : shared_objects(folder)) {
      if (std::string reason = danger_of(file); !reason.empty()) dangers.push_back({file, std::move(reason)});
    }
    loaded.scan(folder, dangers);
  }
  return loaded;
}

}  // namespace ravine
