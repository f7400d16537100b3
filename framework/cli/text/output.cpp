#include "text/output.hpp"

#include "core/printable.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace ravine::cli {
namespace {

[[noreturn]] void fail(int number) {
  const std::string what = fmt::format("standard output can't be written to: {}", std::strerror(number));
  if (number == EPIPE) throw closed_output_error(what);
  throw output_error(what);
}

}  // namespace

void write_result(std::string_view text) { write_styled_result(printable(text, line_ends::kept)); }

void write_styled_result(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail(errno);
}

void flush_result() {
  if (std::fflush(stdout) != 0) fail(errno);
}

}  // namespace ravine::cli
