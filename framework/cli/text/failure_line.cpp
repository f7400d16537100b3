#include "text/failure_line.hpp"

#include <regex>
#include <sstream>
#include <string_view>

namespace ravine::cli {
namespace {

/// System libraries have a version behind the ending: libc.so.6.
bool is_in_plugin(std::string_view frame) {
  return frame.ends_with(".so)") || frame.find(".so+") != std::string_view::npos;
}

/// "at FILE:LINE (OBJECT)" where that is known: names of instantiated templates are long.
std::string place_of(const std::string& frame) {
  static const std::regex line(R"( (at [^ ]+:[0-9]+ \(.*\))$)");
  std::smatch found;
  return std::regex_search(frame, found, line) ? found[1].str() : "in " + frame;
}

}  // namespace

std::string failure_line(const std::string& reason) {
  std::istringstream lines(reason);
  std::string what, innermost;
  std::getline(lines, what);
  for (std::string frame; std::getline(lines, frame);) {
    const std::size_t begin = frame.find_first_not_of(' ');
    if (begin == std::string::npos) continue;
    frame.erase(0, begin);
    if (is_in_plugin(frame)) return what + ", " + place_of(frame);
    if (innermost.empty()) innermost = frame;
  }
  return innermost.empty() ? what : what + ", " + place_of(innermost);
}

}  // namespace ravine::cli
