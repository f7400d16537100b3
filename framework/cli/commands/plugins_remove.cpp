#include "commands/plugins.hpp"
#include "commands/plugins_namesakes.hpp"
#include "core/nearest.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "plugin/registry.hpp"
#include "text/output.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

struct component_name {
  component_kind kind;
  std::string_view word;  ///< see word_for
  std::string id;
};
using component_names = std::vector<component_name>;

usage remove_usage() {
  usage expected{
      .synopsis = "ravine plugins remove ID|FILE.so [options]",
      .description =
          "Removes a plugin that ravine plugins build has installed, with all that it offers, and says what\n"
          "later commands use in its place. The source file stays, and so do results. Ravine's own plugins\n"
          "can't be removed.\n",
      .options = po::options_description(),
      .positional = "words"};
  expected.options.add_options()("from", po::value<std::string>()->value_name("DIR"),
                                 "remove it from this folder, as build --to DIR installs it there");
  add_confinement_option(expected.options);
  return expected;
}

/// What is installed in one folder.
class installed_plugins {
 public:
  explicit installed_plugins(fs::path folder) : folder_(std::move(folder)) {
    std::error_code none;
    if (fs::is_directory(folder_, none)) found_.scan(folder_);
  }

  /// What the file offers; nothing if it can't be used.
  component_names offered_by(const fs::path& file) const {
    component_names all;
    for (const component_kind kind : component_kinds) {
      for (const component* each : found_.all(kind)) {
        if (each->file->path == file) all.push_back({kind, word_for(*each), each->id});
      }
    }
    for (const shadowed_component& each : found_.shadowed()) {
      if (each.path == file) all.push_back({each.kind, each.word, each.id});
    }
    return all;
  }

  /// The files that the word names: by the id of what they offer, or by their own name, with or without
  /// folder and ending.
  std::vector<fs::path> files_named(const std::string& word) const {
    const fs::path path(word);
    if (path.has_parent_path() || path.extension() == ".so") {
      const fs::path file = folder_ / path.filename();
      const bool is_here = !path.has_parent_path() || is_same(path.parent_path());
      return is_here && fs::is_regular_file(file) ? std::vector{file} : std::vector<fs::path>();
    }
    std::vector<fs::path> files;
    for (const component_kind kind : component_kinds) {
      for (const fs::path& each : files_that_offer(found_, kind, word)) files.push_back(each);
    }
    std::ranges::sort(files);
    files.erase(std::unique(files.begin(), files.end()), files.end());
    const fs::path broken = folder_ / (word + ".so");
    if (files.empty() && fs::is_regular_file(broken)) files.push_back(broken);
    return files;
  }

  /// All words that name one.
  std::vector<std::string> words() const {
    std::vector<std::string> all;
    for (const component_kind kind : component_kinds) {
      for (std::string& id : ids(kind)) all.push_back(std::move(id));
    }
    for (const rejected_plugin& each : found_.rejected()) all.push_back(each.path.filename().string());
    return all;
  }

 private:
  std::vector<std::string> ids(component_kind kind) const {
    std::vector<std::string> all;
    for (const component* each : found_.all(kind)) all.push_back(each->id);
    return all;
  }
  bool is_same(const fs::path& folder) const {
    std::error_code none;
    return fs::equivalent(folder, folder_, none);
  }

  fs::path folder_;
  registry found_;
};

fs::path folder_of(const po::variables_map& options) {
  fs::path folder =
      options.count("from") != 0 ? fs::path(options["from"].as<std::string>()) : user_plugin_folder();
  if (folder.empty()) throw error("neither HOME nor XDG_DATA_HOME is set; name a folder with --from");
  if (is_shipped_plugin(folder / "any.so"))
    throw error(fmt::format("{}: the plugins in it are Ravine's own, which stay", folder.string()));
  return folder;
}

/// Why there is nothing of that name to remove.
[[noreturn]] void refuse(const std::string& word, const fs::path& folder,
                         const installed_plugins& installed) {
  const registry all = ravine::load_plugins();
  for (const component_kind kind : component_kinds) {
    const component* const used = all.find(kind, word);
    if (used == nullptr) continue;
    const fs::path& file = used->file->path;
    if (is_shipped_plugin(file))
      throw error(
          fmt::format("the {} {} is Ravine's own ({}), which stays", word_for(*used), word, file.string()));
    throw error(fmt::format("the {} {} is in {}, not in {}; --from names the folder", word_for(*used), word,
                            file.string(), folder.string()));
  }
  const std::vector<std::string> words = installed.words();
  throw usage_error(fmt::format("no plugin named {} is installed in {}{}\nSee ravine plugins list.", word,
                                folder.string(), expected_name(word, words, "there are")));
}

/// What is used from now on.
void tell_successors(const component_names& removed) {
  const registry left = ravine::load_plugins();
  for (const auto& [kind, word, id] : removed) {
    const component* const next = left.find(kind, id);
    if (next == nullptr) {
      print_note("No plugin offers the {} {} any more.\n", word, id);
    } else {
      print_note("The {} {} is from now on {}.\n", word_for(*next), id, owner_text(next->file->path));
    }
  }
}

}  // namespace

exit_status remove_plugin(std::span<const std::string> arguments) {
  const auto options = parse(remove_usage(), arguments);
  if (!options) return exit_status::ok;
  read_confinement(*options);
  const std::vector<std::string> words = texts_of(*options, "words");
  if (words.size() != 1)
    throw usage_error("expected one ID or file\nUsage: ravine plugins remove ID|FILE.so\nSee --help.");
  const fs::path folder = folder_of(*options);
  const installed_plugins installed(folder);
  const std::vector<fs::path> files = installed.files_named(words[0]);
  if (files.empty()) refuse(words[0], folder, installed);
  if (files.size() > 1) {
    throw usage_error(fmt::format("{} is in several files: name one of them, {} or {}", words[0],
                                  files[0].string(), files[1].string()));
  }
  const component_names removed = installed.offered_by(files[0]);
  std::error_code problem;
  if (!fs::remove(files[0], problem)) {
    throw error(fmt::format("{}: can't be removed ({}); its folder has to be yours to write to",
                            files[0].string(), problem.message()));
  }
  print_note("Removed:\n");
  print_result("{}\n", files[0].string());
  tell_successors(removed);
  return exit_status::ok;
}

}  // namespace ravine::cli
