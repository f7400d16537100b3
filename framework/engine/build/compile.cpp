#include "build/compile.hpp"

#include "build/link.hpp"
#include "process/child_process.hpp"
#include "process/descriptor.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

/// The words of an environment variable; none if it is not set.
std::vector<std::string> words_of(const char* name) {
  const char* const value = std::getenv(name);
  std::istringstream text(value == nullptr ? "" : value);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

bool is_c(const fs::path& source) { return source.extension() == ".c"; }

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

std::vector<std::string> command_for(const installation& with, const plugin_sources& sources,
                                     const fs::path& object, compiler_colour colour) {
  const bool in_c = is_c(sources.files.at(0));
  if (!std::ranges::all_of(sources.files, [&](const fs::path& each) { return is_c(each) == in_c; })) {
    throw error(
        "C and C++ files can't be built into one plugin by this command; use ravine_add_plugin of CMake");
  }
  std::vector<std::string> command = words_of(in_c ? "CC" : "CXX");
  if (command.empty()) command = {in_c ? with.c_compiler : with.cxx_compiler};
  append(command, with.compile_options);
  append(command, in_c ? with.c_options : with.cxx_options);
  command.emplace_back(colour == compiler_colour::always ? "-fdiagnostics-color=always"
                                                         : "-fdiagnostics-color=never");
  for (const fs::path& folder : with.includes) command.push_back("-I" + folder.string());
  for (const fs::path& source : sources.files) command.push_back(source.string());
  command.push_back("-Wl,--version-script=" + with.version_script.string());
  append(command, words_of(in_c ? "CFLAGS" : "CXXFLAGS"));
  // Before Ravine's own, so that what is asked for is used where both have a function.
  for (const std::string& library : sources.libraries) append(command, link_arguments(library));
  append(command, with.link_options);
  append(command, {"-o", object.string()});
  return command;
}

/// Runs the command, and gathers what it says on both standard streams.
std::pair<process_end, std::string> run(const std::vector<std::string>& command) {
  pipe_ends output = make_pipe();
  child_process compiler;
  try {
    const int to = output.write.get();
    compiler = child_process::start({.command = command, .output = to, .errors = to});
  } catch (const process_error& problem) {
    throw error(
        fmt::format("the compiler {} can't be started ({}); install it, or name another with CXX or CC",
                    command[0], problem.reason()));
  }
  output.write.close();
  std::string text = read_to_end(output.read.get());
  return {compiler.wait(), std::move(text)};
}

std::string line_of(const fs::path& file, std::size_t number) {
  std::ifstream stream(file);
  std::string line;
  for (std::size_t i = 0; i < number; ++i) std::getline(stream, line);
  return line;
}

}  // namespace

compilation compile_plugin(const installation& with, const plugin_sources& sources, const fs::path& object,
                           compiler_colour colour) {
  compilation made{.command = command_for(with, sources, object, colour), .succeeded = false, .output = {}};
  const auto [end, output] = run(made.command);
  made.succeeded = end.signal == 0 && end.exit_code == 0;
  made.output = output;
  return made;
}

std::string author_line(const std::string& output, const std::vector<fs::path>& sources) {
  static const std::regex colours("\x1b\\[[0-9;]*[mK]");
  // file:line:column: …; of an error in a template, the author's part is what required it.
  static const std::regex place(R"(^(?:In file included from )?([^:\n]+):(\d+):(?:\d+:)?(.*)$)");
  std::istringstream lines(std::regex_replace(output, colours, ""));
  std::string innermost;  // of the author's lines that led to the first error
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    const bool is_place = std::regex_match(line, found, place);
    const bool is_error = line.find("error: ") != std::string::npos;
    const bool is_own = is_place && std::ranges::find(sources, fs::path(found[1].str())) != sources.end();
    const bool is_reason = is_error || (innermost.empty() && line.find("required from") != std::string::npos);
    if (is_own && is_reason) {
      const std::size_t number = std::stoul(found[2].str());
      innermost = fmt::format("{}:{}: {}", found[1].str(), number, line_of(found[1].str(), number));
    }
    if (is_error && !innermost.empty()) break;
  }
  return innermost;
}

fs::path install_plugin(const fs::path& object, const fs::path& folder, const std::string& name) {
  fs::create_directories(folder);
  fs::path target = folder / (name + ".so");
  fs::rename(object, target);
  return target;
}

}  // namespace ravine
