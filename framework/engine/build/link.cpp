#include "build/link.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>
#include <string_view>

#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

bool is_shared(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".so") || name.find(".so.") != std::string::npos;
}

bool is_path(const std::string& library) {
  return library.find('/') != std::string::npos || library.ends_with(".a") || is_shared(library);
}

bool is_name(std::string_view library) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_.+-").find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !library.empty() && library[0] != '-' && std::ranges::all_of(library, fits);
}

}  // namespace

std::vector<std::string> link_arguments(const std::string& library) {
  if (!is_path(library)) {
    if (is_name(library)) return {"-l" + library};
    throw error(fmt::format(
        "--link: found {}, expected a library's name, such as lapack for liblapack.so, or its path",
        library));
  }
  if (!fs::is_regular_file(library)) {
    throw error(
        fmt::format("--link: {}: there is no such file; give a library's path, or its name alone, such "
                    "as lapack for liblapack.so",
                    library));
  }
  const fs::path file = fs::canonical(library);
  // The linker notes the path of a library without a soname as it is given, and the name of one that has it.
  std::vector<std::string> arguments{fs::absolute(library).lexically_normal().string()};
  if (is_shared(file)) {
    // -Xlinker, for folders with commas.
    arguments.insert(arguments.end(),
                     {"-Xlinker", "-rpath", "-Xlinker", fs::path(arguments[0]).parent_path().string()});
  }
  return arguments;
}

std::string link_advice(const std::string& output) {
  // GNU ld and gold, lld, mold.
  static const std::regex not_found(
      R"((?:cannot find -l:?|unable to find library -l|library not found: )([^\s:]+))");
  static const std::regex undefined(R"((?:undefined reference to `|undefined symbol: )([^'\s]+))");
  std::smatch found;
  if (std::regex_search(output, found, not_found)) {
    const std::string name = found[1].str();
    return fmt::format(
        "the linker finds neither lib{0}.so nor lib{0}.a: install the package with its development files, or "
        "give the library's path: --link /path/to/lib{0}.so",
        name);
  }
  if (std::regex_search(output, found, undefined)) {
    return fmt::format("{} is in none of the libraries: name the one that has it with --link",
                       found[1].str());
  }
  return "";
}

}  // namespace ravine
