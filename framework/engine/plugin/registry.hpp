#pragma once

#include "plugin/description.hpp"

#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ravine {

/// A file or folder that was not used, and why in a sentence that says what to do.
struct rejected_plugin {
  std::filesystem::path path;
  std::string reason;
};

/// A component that another one of the same kind and id, found earlier, hides.
struct shadowed_component {
  component_kind kind;
  std::string_view word;  ///< what users call it, see word_for
  std::string id;
  std::filesystem::path path;  ///< where it lies
  std::filesystem::path by;    ///< the file that is used instead
  bool is_shipped;             ///< whether it is one of Ravine's own
  bool is_alike;               ///< whether both files hold the same bytes: it makes no difference
};

/// All components that were found in the plugin folders, as look_at_plugins describes them: no plugin is
/// loaded into this process. The first of an id wins. One bad file never hides the good ones: it is listed in
/// rejected(). Scan and load while this process has no other threads.
class registry {
 public:
  registry() = default;
  registry(registry&&) = default;
  registry& operator=(registry&&) = default;

  /// Takes in every *.so of the folder, in the order of their names.
  void scan(const std::filesystem::path& folder);
  /// Takes in one file. Throws plugin_error if it can't be used.
  void load(const std::filesystem::path& file);

  /// Null if there is none.
  const component* find(component_kind kind, std::string_view id) const;
  /// Throws plugin_error that lists the nearest name and where was searched.
  const component& get(component_kind kind, std::string_view id) const;
  /// In the order of their ids.
  std::vector<const component*> all(component_kind kind) const;

  const std::vector<rejected_plugin>& rejected() const { return rejected_; }
  const std::vector<shadowed_component>& shadowed() const { return shadowed_; }
  /// What the component hides that is not alike, Ravine's own rather than any other; null if it hides
  /// nothing.
  const shadowed_component* shadowed_by(const component& which) const;
  /// The components that hide others, by kind and id.
  std::vector<const component*> shadowing() const;
  const std::vector<std::filesystem::path>& folders() const { return folders_; }

 private:
  void add(plugin_description&& found);
  void add(component&& found);

  std::deque<plugin_file> files_;  // a deque: pointers to elements stay valid
  std::deque<component> components_;
  std::map<std::pair<component_kind, std::string>, const component*> by_id_;
  std::vector<rejected_plugin> rejected_;
  std::vector<shadowed_component> shadowed_;
  std::vector<std::filesystem::path> folders_;
};

/// For a message: what has to be there for a plugin that Ravine ships only where it can be built ("; it needs
/// …"); empty for any other name.
std::string advice_on_optional(component_kind kind, std::string_view id);

/// The folder of the plugins that belong to this program; empty for a program that was copied out of its
/// installation, which runs with the plugins it is given.
std::filesystem::path shipped_plugin_folder();

/// Whether the file lies in that folder.
bool is_shipped_plugin(const std::filesystem::path& file);

/// $XDG_DATA_HOME/ravine/plugins, ~/.local/share/ravine/plugins without it; empty if HOME is not set either.
std::filesystem::path user_plugin_folder();

/// The folders to search, in order: `given` (--plugins), RAVINE_PLUGIN_PATH (separated by colons; one that
/// belongs to a name follows a backslash, unless the name is the whole list), ./plugins if it holds shared
/// objects, $XDG_DATA_HOME/ravine/plugins, the folder of this build or installation.
std::vector<std::filesystem::path> plugin_folders(const std::vector<std::filesystem::path>& given);

/// Scans all of plugin_folders(given). Call while this process has no other threads.
registry load_plugins(const std::vector<std::filesystem::path>& given = {});

}  // namespace ravine
