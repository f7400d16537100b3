#include "text/terminal.hpp"

#include "core/note.hpp"
#include "core/printable.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace ravine::cli {

namespace {

/// What of UTF-8 text takes at most that many columns.
std::string shortened(const std::string& text, std::size_t columns) {
  std::size_t taken = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = std::string_view(text).substr(i);
    const std::string_view next = rest.substr(0, std::max<std::size_t>(character_length(rest), 1));
    taken += display_width(next);
    if (taken > columns) return text.substr(0, i);
    i += next.size();
  }
  return text;
}

bool is_dumb() {
  const char* const term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) == "dumb";
}

}  // namespace

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1 && !is_dumb(); }

bool stdout_shows_bold() {
  const char* const no_color = std::getenv("NO_COLOR");
  const bool is_plain = no_color != nullptr && *no_color != '\0';
  return isatty(STDOUT_FILENO) == 1 && !is_dumb() && !is_plain;
}

unsigned terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::optional<unsigned> output_width() {
  constexpr unsigned least = 40, most = 10'000;
  const char* const wished = std::getenv("COLUMNS");
  const unsigned long columns = wished == nullptr ? 0 : std::strtoul(wished, nullptr, 10);
  if (columns > 0) return static_cast<unsigned>(std::clamp<unsigned long>(columns, least, most));
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return std::max<unsigned>(size.ws_col, least);
}

void draw_status_line(std::string_view text) {
  write_to_stderr("\r\x1b[K" + shortened(printable(text), terminal_width() - 1));
}

void clear_status_line() { write_to_stderr("\r\x1b[K"); }

std::string duration_text(double seconds) {
  if (!(seconds < 1e9)) return "?";
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

}  // namespace ravine::cli
