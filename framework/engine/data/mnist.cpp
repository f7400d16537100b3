#include "data/mnist.hpp"

#include "data/data_error.hpp"
#include "data/idx_source.hpp"

#include <cstdlib>
#include <string>

#include <fmt/format.h>

namespace ravine {

namespace fs = std::filesystem;

std::vector<fs::path> data_folders(std::string_view name) {
  const auto variable = [](const char* key) {
    const char* const value = std::getenv(key);
    return fs::path(value == nullptr ? "" : value);
  };
  std::vector<fs::path> folders;
  if (const fs::path own = variable("RAVINE_DATA"); !own.empty()) folders.push_back(own / name);
  fs::path shared = variable("XDG_DATA_HOME");
  if (shared.empty()) shared = variable("HOME") / ".local" / "share";
  folders.push_back(shared / "ravine" / "data" / name);
  return folders;
}

fs::path find_data_file(const std::vector<fs::path>& folders, std::string_view file) {
  std::error_code ignored;
  for (const fs::path& folder : folders) {
    for (const char* const suffix : {"", ".gz"}) {
      const fs::path candidate = folder / (std::string(file) + suffix);
      if (fs::exists(candidate, ignored)) return candidate;
    }
  }
  return {};
}

dataset load_mnist(split_sizes sizes) {
  const std::vector<fs::path> folders = data_folders("mnist");
  std::array<fs::path, mnist_files.size()> found;
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i] = find_data_file(folders, mnist_files[i].name);
    if (found[i].empty()) {
      std::string searched;
      for (const fs::path& folder : folders) searched += "\n  " + folder.string();
      throw data_error(fmt::format("mnist: there is no {} (nor {}.gz) in{}\nRun: ravine data fetch mnist",
                                   mnist_files[i].name, mnist_files[i].name, searched));
    }
  }
  dataset data = load_idx({found[0], found[1], found[2], found[3], 10}, sizes);
  data.name = "mnist";
  return data;
}

}  // namespace ravine
