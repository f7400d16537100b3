#include "plugin/host.hpp"

#include "core/note.hpp"
#include "plugin/component.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

// The contract ties an error to the call in progress on its thread.
thread_local std::string last_error;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void log_line(const rv_host*, std::uint32_t level, const char* message) {
  if (level == RV_LOG_DEBUG || message == nullptr) return;
  try {
    note(fmt::format("{}{}\n", level == RV_LOG_WARNING ? "warning: " : "", message));
  } catch (const std::exception&) {
    note("a plugin's message is lost: out of memory\n");  // no exception may reach the plugin
  }
}

void set_error(const rv_host*, const char* message) { last_error = message == nullptr ? "" : message; }

const void* get_extension(const rv_host*, const char*) { return nullptr; }

std::string_view meaning(rv_status status) {
  switch (status) {
    case RV_BAD_CONFIG:
      return "it refused its configuration";
    case RV_NO_MEMORY:
      return "it ran out of memory";
    default:
      return "it failed";
  }
}

}  // namespace

const rv_host* plugin_host() {
  static constexpr rv_host host{.struct_size = sizeof(rv_host),
                                .abi_major = RV_ABI_MAJOR,
                                .abi_minor = RV_ABI_MINOR,
                                .reserved = 0,
                                .log = log_line,
                                .set_error = set_error,
                                .get_extension = get_extension};
  return &host;
}

std::string take_plugin_error() { return std::exchange(last_error, {}); }

void check_status(rv_status status, std::string_view component, std::string_view call) {
  if (status == RV_OK || status == RV_UNUSED) return;
  const std::string said = take_plugin_error();
  const std::string message =
      fmt::format("{}: {}: {}", component, call,
                  said.empty() ? fmt::format("{} (status {})", meaning(status), status) : said);
  if (status == RV_NO_MEMORY) throw plugin_out_of_memory(message);
  throw plugin_error(message);
}

}  // namespace ravine
