#include "plugin/functions.hpp"

#include "core/sha256.hpp"
#include "plugin/description.hpp"
#include "plugin/library.hpp"

#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

/// The plugins that this process has opened, by path and content.
class opened_plugins {
 public:
  const loaded_plugin& get(const plugin_file& file) {
    const std::scoped_lock lock(changing_);
    return get_locked(file);
  }

  const void* functions_of(const component& which) {
    const std::scoped_lock lock(changing_);
    const void*& known = functions_[{which.file->path.string(), which.file->sha256, which.kind, which.id}];
    if (known == nullptr) known = find(get_locked(*which.file), which);
    return known;
  }

 private:
  const loaded_plugin& get_locked(const plugin_file& file) {
    const auto key = std::pair(file.path.string(), file.sha256);
    const auto known = opened_.find(key);
    return known != opened_.end() ? known->second : opened_.emplace(key, open(file)).first->second;
  }

  static loaded_plugin open(const plugin_file& file) {
    loaded_plugin opened = load_library(file.path);
    if (opened.file.sha256 != file.sha256) {
      throw plugin_error(
          fmt::format("{} has changed since it was looked at: found SHA-256 {}, expected {}; run the command "
                      "again once the file is in place",
                      file.path.string(), opened.file.sha256, file.sha256));
    }
    return opened;
  }

  static const void* find(const loaded_plugin& plugin, const component& which) {
    for (std::size_t i = 0; i < plugin.components.size(); ++i) {
      if (is_described_as(plugin.components[i], which)) return plugin.functions[i];
    }
    throw plugin_error(
        fmt::format("{}: {} describes itself otherwise in this process than when it was looked at", which.id,
                    which.file->path.string()));
  }

  std::mutex changing_;
  std::map<std::pair<std::string, std::string>, loaded_plugin> opened_;
  std::map<std::tuple<std::string, std::string, component_kind, std::string>, const void*> functions_;
};

// A file stays open until the process ends, so what is known of it does too.
opened_plugins& opened() {
  static opened_plugins all;
  return all;
}

}  // namespace

const void* functions_of(const component& which) { return opened().functions_of(which); }

void load_file(const plugin_file& file) { opened().get(file); }

}  // namespace ravine
