#include "build/template.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kinds{"optimizer", "wrapper", "scheduler", "model", "landscape"};

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw error(
        fmt::format("{}: can't be read ({}); install Ravine again", file.string(), std::strerror(errno)));
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string replace_all(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace

bool is_template_kind(std::string_view kind) { return std::ranges::find(kinds, kind) != kinds.end(); }

bool is_plugin_name(std::string_view name) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && is_lower(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return is_lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

fs::path write_template(const installation& from, std::string_view kind, const std::string& name,
                        source_language language, const fs::path& folder) {
  if (!is_template_kind(kind)) {
    throw error(
        fmt::format("kind: found {}, expected optimizer, wrapper, scheduler, model or landscape", kind));
  }
  if (!is_plugin_name(name)) {
    throw error(
        fmt::format("name: found {}, expected lower-case letters, digits and _, a letter first", name));
  }
  const std::string extension = language == source_language::c ? ".c" : ".cpp";
  fs::path file = folder / (name + extension);
  if (fs::exists(file)) throw error(fmt::format("{}: is there already; take another name", file.string()));
  const std::string text =
      replace_all(read(from.templates / fmt::format("{}{}.in", kind, extension)), "@name@", name);
  std::ofstream stream(file, std::ios::binary);
  if (!(stream << text << std::flush)) {
    throw error(fmt::format("{}: can't be written ({})", file.string(), std::strerror(errno)));
  }
  return file;
}

}  // namespace ravine
