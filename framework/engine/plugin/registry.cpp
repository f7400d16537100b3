#include "plugin/registry.hpp"

#include "core/nearest.hpp"
#include "plugin/catalog.hpp"
#include "plugin/installation.hpp"
#include "plugin/object_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

/// The folder's shared objects in the order of their names.
std::vector<fs::path> shared_objects(const fs::path& folder, std::error_code& problem) {
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (entry->path().extension() == ".so") found.push_back(entry->path());
  }
  std::ranges::sort(found);
  return found;
}

/// The value of an environment variable; empty if it is not set.
std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The folders of a list. Colons divide it, but for those after a backslash, and for those in the name of one
/// folder that is all of the list.
std::vector<fs::path> folders_in(const std::string& list) {
  std::error_code none;
  if (fs::is_directory(list, none)) return {list};
  std::vector<fs::path> folders;
  std::string name;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i == list.size() || list[i] == ':') {
      if (!name.empty()) folders.emplace_back(std::exchange(name, {}));
      continue;
    }
    if (list[i] == '\\' && i + 1 < list.size() && (list[i + 1] == ':' || list[i + 1] == '\\')) ++i;
    name += list[i];
  }
  return folders;
}

}  // namespace

fs::path shipped_plugin_folder() {
  try {
    return find_installation(program_folder()).plugins;
  } catch (const error&) {
    return {};
  }
}

bool is_shipped_plugin(const fs::path& file) {
  const fs::path folder = file.parent_path();
  std::error_code ignored;
  return fs::equivalent(folder.empty() ? "." : folder, shipped_plugin_folder(), ignored);
}

fs::path user_plugin_folder() {
  const std::string data = environment("XDG_DATA_HOME");
  if (!data.empty()) return fs::path(data) / "ravine/plugins";
  const std::string home = environment("HOME");
  return home.empty() ? fs::path() : fs::path(home) / ".local/share/ravine/plugins";
}

void registry::scan(const fs::path& folder) {
  folders_.push_back(folder);
  std::error_code problem;
  if (!fs::exists(folder, problem)) {
    rejected_.push_back({folder, problem ? problem.message() : "there is no such folder"});
    return;
  }
  if (!fs::is_directory(folder, problem)) {
    rejected_.push_back({folder, "it is not a folder"});
    return;
  }
  std::vector<fs::path> found;
  try {
    check_not_writable_by_others(folder);
    found = shared_objects(folder, problem);
    if (problem)
      throw plugin_error(fmt::format("it can't be read ({}); mend it with chmod u+rx {}", problem.message(),
                                     folder.string()));
  } catch (const std::exception& reason) {
    rejected_.push_back({folder, reason.what()});
    return;
  }
  std::vector<looked_at_plugin> looked_at = look_at_plugins(found);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (looked_at[i].refusal.empty()) {
      add(std::move(looked_at[i].described));
    } else {
      rejected_.push_back({found[i], std::move(looked_at[i].refusal)});
    }
  }
}

void registry::load(const fs::path& file) {
  looked_at_plugin found = std::move(look_at_plugins({&file, 1}).front());
  if (!found.refusal.empty()) throw plugin_error(found.refusal);
  add(std::move(found.described));
}

void registry::add(plugin_description&& found) {
  const plugin_file& kept = files_.emplace_back(std::move(found.file));
  for (component& each : found.components) {
    each.file = &kept;
    add(std::move(each));
  }
}

void registry::add(component&& found) {
  if (const component* const earlier = find(found.kind, found.id)) {
    const fs::path& hidden = found.file->path;
    shadowed_.push_back({.kind = found.kind,
                         .word = word_for(found),
                         .id = found.id,
                         .path = hidden,
                         .by = earlier->file->path,
                         .is_shipped = is_shipped_plugin(hidden),
                         .is_alike = found.file->sha256 == earlier->file->sha256});
    return;
  }
  const component& kept = components_.emplace_back(std::move(found));
  by_id_.emplace(std::pair(kept.kind, kept.id), &kept);
}

const component* registry::find(component_kind kind, std::string_view id) const {
  const auto found = by_id_.find(std::pair(kind, std::string(id)));
  return found == by_id_.end() ? nullptr : found->second;
}

std::string advice_on_optional(component_kind kind, std::string_view id) {
  if (kind != component_kind::model || id != "torchscript") return "";
  return "; this Ravine was built without PyTorch's library: install the package libtorch-dev, and build "
         "again "
         "(apt-get install libtorch-dev; cmake --preset release; cmake --build --preset release)";
}

const component& registry::get(component_kind kind, std::string_view id) const {
  if (const component* const found = find(kind, id)) return *found;
  if (const std::string advice = advice_on_optional(kind, id); !advice.empty())
    throw plugin_error(fmt::format("there is no {} named {}{}", to_string(kind), id, advice));
  std::vector<std::string> ids;
  for (const component* each : all(kind)) ids.push_back(each->id);
  std::string hint = expected_name(id, ids, "there are");
  if (ids.empty()) {
    std::vector<std::string> searched;
    for (const fs::path& folder : folders_) searched.push_back(folder.string());
    hint = fmt::format("; no {} was found in {}", to_string(kind), fmt::join(searched, ", "));
  }
  throw plugin_error(fmt::format("there is no {} named {}{}", to_string(kind), id, hint));
}

std::vector<const component*> registry::all(component_kind kind) const {
  std::vector<const component*> found;
  for (const component& each : components_) {
    if (each.kind == kind) found.push_back(&each);
  }
  std::ranges::sort(found, {}, &component::id);
  return found;
}

const shadowed_component* registry::shadowed_by(const component& which) const {
  const shadowed_component* found = nullptr;
  for (const shadowed_component& each : shadowed_) {
    if (each.kind != which.kind || each.id != which.id || each.is_alike) continue;
    if (found == nullptr || each.is_shipped) found = &each;
  }
  return found;
}

std::vector<const component*> registry::shadowing() const {
  std::vector<const component*> found;
  for (const auto& [name, which] : by_id_) {
    if (shadowed_by(*which) != nullptr) found.push_back(which);
  }
  return found;
}

std::vector<fs::path> plugin_folders(const std::vector<fs::path>& given) {
  std::vector<fs::path> folders = given;  // named by the user: a missing one is reported by scan
  for (fs::path& folder : folders_in(environment("RAVINE_PLUGIN_PATH"))) folders.push_back(std::move(folder));
  std::error_code ignored;
  if (!shared_objects("plugins", ignored).empty()) folders.emplace_back("plugins");
  for (const fs::path& folder : {user_plugin_folder(), shipped_plugin_folder()}) {
    if (!folder.empty() && fs::is_directory(folder, ignored)) folders.push_back(folder);
  }
  // The same folder by two ways would shadow itself.
  std::vector<fs::path> unique;
  for (const fs::path& folder : folders) {
    const bool known = std::ranges::any_of(unique, [&](const fs::path& each) {
      return each == folder || fs::equivalent(each, folder, ignored);
    });
    if (!known) unique.push_back(folder);
  }
  return unique;
}

registry load_plugins(const std::vector<fs::path>& given) {
  registry loaded;
  for (const fs::path& folder : plugin_folders(given)) loaded.scan(folder);
  return loaded;
}

}  // namespace ravine
