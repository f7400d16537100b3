#include "core/note.hpp"

#include "core/printable.hpp"

#include <cstdio>
#include <exception>

namespace ravine {

void write_to_stderr(std::string_view bytes) noexcept {
  static_cast<void>(std::fwrite(bytes.data(), 1, bytes.size(), stderr));
}

void note(std::string_view text) noexcept {
  try {
    write_to_stderr(printable(text, line_ends::kept));
  } catch (const std::exception&) {
    write_to_stderr("a note is lost: out of memory\n");
  }
}

}  // namespace ravine
