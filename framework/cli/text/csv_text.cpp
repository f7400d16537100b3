#include "text/csv_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine::cli {
namespace {

std::string csv_quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string safe = "\"";
  for (const char c : text) safe += c == '"' ? std::string("\"\"") : std::string(1, c);
  return safe + '"';
}

}  // namespace

std::string csv_line(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = csv_quoted(cell);
  return fmt::format("{}\n", fmt::join(cells, ","));
}

}  // namespace ravine::cli
