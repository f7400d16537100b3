#include "core/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

struct writer {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<std::int64_t>& value) const {
    return fmt::format("[{}]", fmt::join(value, ", "));
  }
};

}  // namespace

std::string to_string(const setting& value) { return std::visit(writer(), value); }

std::string to_string(const settings& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, to_string(value));
  }
  return text;
}

}  // namespace ravine
