#include "text/indented.hpp"

namespace ravine::cli {

std::string indented(std::string_view text, std::string_view indent) {
  std::string lines;
  for (const char c : text) {
    lines += c;
    if (c == '\n') lines += indent;
  }
  return lines;
}

}  // namespace ravine::cli
