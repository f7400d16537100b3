#include "build/compile.hpp"
#include "build/link.hpp"
#include "commands/plugins.hpp"
#include "commands/plugins_namesakes.hpp"
#include "core/file_kind.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "plugin/object_file.hpp"
#include "plugin/registry.hpp"
#include "text/output.hpp"
#include "text/terminal.hpp"
#include "text/validation_text.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

usage build_usage() {
  usage expected{
      .synopsis = "ravine plugins build FILE… [options]",
      .description =
          "Compiles one or more source files into a plugin with the compiler and options of Ravine's own\n"
          "plugins, checks it like ravine plugins validate, and installs it where every later command finds\n"
          "it: $XDG_DATA_HOME/ravine/plugins, or ~/.local/share/ravine/plugins. CXX or CC select another\n"
          "compiler; CXXFLAGS or CFLAGS add options. If it does not compile or fails a check, nothing is\n"
          "installed and the exit status is 1. OpenBLAS with its LAPACK is linked without --link.\n",
      .options = po::options_description(),
      .positional = "files"};
  expected.options.add_options()("to", po::value<std::string>()->value_name("DIR"),
                                 "install into this folder")("install-anyway",
                                                             "install even if a check fails")(
      "link", po::value<std::vector<std::string>>()->value_name("LIB"),
      "link with a library: its name, such as fftw3 for libfftw3.so, or its path (repeatable)")(
      "shadow",
      "install even if another plugin offers the same name, which this one is then used in place of")(
      "verbose", "show the compiler's command and all checks");
  add_confinement_option(expected.options);
  return expected;
}

/// An object on its way: not a *.so yet, so that nobody loads it, and gone if it does not arrive.
class unfinished_object {
 public:
  unfinished_object(const fs::path& folder, const std::string& name)
      : path_(folder / fmt::format(".{}.so.{}", name, getpid())) {}
  ~unfinished_object() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  unfinished_object(const unfinished_object&) = delete;
  unfinished_object& operator=(const unfinished_object&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

fs::path make_folder(const po::variables_map& options) {
  fs::path folder =
      options.count("to") != 0 ? fs::path(options["to"].as<std::string>()) : user_plugin_folder();
  if (folder.empty()) throw error("neither HOME nor XDG_DATA_HOME is set; name a folder with --to");
  std::error_code ignored;  // by a file system that has no permissions; who can write is checked below
  if (fs::create_directories(folder))
    fs::permissions(folder, fs::perms::others_write, fs::perm_options::remove, ignored);
  check_not_writable_by_others(folder);
  return folder;
}

compiler_colour wanted_colour() {
  return stderr_is_terminal() && std::getenv("NO_COLOR") == nullptr ? compiler_colour::always
                                                                    : compiler_colour::never;
}

/// Whether it compiled; tells what the compiler said.
bool compile(const plugin_sources& sources, const fs::path& object, bool verbose) {
  const compilation made =
      compile_plugin(find_installation(program_folder()), sources, object, wanted_colour());
  if (verbose) print_note("{}\n", fmt::join(made.command, " "));
  if (!made.succeeded) {
    const std::string own = author_line(made.output, sources.files);
    write_to_stderr((own.empty() ? "" : own + "\n\n") + made.output);  // in the compiler's own colours
    if (const std::string advice = link_advice(made.output); !advice.empty()) print_note("\n{}\n", advice);
    print_note("ravine: {} does not compile; nothing was installed\n", sources.files[0].string());
    return false;
  }
  write_to_stderr(made.output);
  std::error_code ignored;  // as in make_folder
  fs::permissions(object, fs::perms::others_write, fs::perm_options::remove, ignored);
  return true;
}

/// Throws if the object offers what another file than `target`, which it replaces, offers already; notes it
/// if the object that it replaces offers that too.
void require_new_names(const fs::path& source, const fs::path& object, const fs::path& target) {
  registry made;
  try {
    made.load(object);
  } catch (const plugin_error&) {
    return;  // the checks tell why
  }
  const registry plugins = ravine::load_plugins({target.parent_path()});
  for (const component_kind kind : component_kinds) {
    for (const component* const each : made.all(kind)) {
      std::vector<fs::path> others = files_that_offer(plugins, kind, each->id);
      const bool offers_it_already = std::erase(others, target) != 0;
      if (others.empty()) continue;
      if (offers_it_already) {
        print_note("note: the {} {} is used in place of {}\n", word_for(*each), each->id,
                   owner_text(most_telling(others)));
        continue;
      }
      throw error(
          fmt::format("{}: {}; of two that have one name one hides the other, and nothing was installed: "
                      "give it another id, or say --shadow if you want that",
                      source.string(), taken_text(*each, others)));
    }
  }
}

}  // namespace

exit_status build_plugin(std::span<const std::string> arguments) {
  const auto options = parse(build_usage(), arguments);
  if (!options) return exit_status::ok;
  read_confinement(*options);
  if (options->count("files") == 0)
    throw usage_error("a source file is missing\nUsage: ravine plugins build FILE…\nSee --help.");
  plugin_sources sources{.files = {}, .libraries = texts_of(*options, "link")};
  for (const std::string& file : (*options)["files"].as<std::vector<std::string>>()) {
    const std::string instead = found_instead_of_file(file);
    if (!instead.empty()) throw error(fmt::format("{}: found {}, expected a regular file", file, instead));
    if (!fs::is_regular_file(file)) throw error(fmt::format("{}: there is no such file", file));
    sources.files.emplace_back(file);
  }
  const bool verbose = options->count("verbose") != 0;
  const fs::path& source = sources.files[0];
  const std::string name = source.stem().string();
  const fs::path folder = make_folder(*options);
  const unfinished_object object(folder, name);
  if (!compile(sources, object.path(), verbose)) return exit_status::trial_failed;
  if (options->count("shadow") == 0) require_new_names(source, object.path(), folder / (name + ".so"));
  validation made = validate_plugin(object.path());
  made.file = source;  // the object's name means nothing yet
  if (verbose || !made.passed()) {
    print_note("{}", validation_text(made, verbose ? detail::all_checks : detail::failures));
  }
  if (!made.passed() && options->count("install-anyway") == 0) {
    print_note("ravine: {} fails {} of {} checks; nothing was installed (--install-anyway does)\n",
               source.string(), made.count(verdict::fail), made.results.size());
    return exit_status::trial_failed;
  }
  const fs::path installed = install_plugin(object.path(), folder, name);
  print_note("{} checks passed in {:.1f} s. Installed:\n", made.count(verdict::pass), made.seconds());
  print_result("{}\n", installed.string());
  return exit_status::ok;
}

}  // namespace ravine::cli
