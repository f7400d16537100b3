#include "options/setting_options.hpp"

#include "core/scalar.hpp"
#include "options/usage.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {

settings read_settings(const boost::program_options::variables_map& options, const char* option) {
  settings with;
  if (options.count(option) == 0) return with;
  for (const std::string& text : options[option].as<std::vector<std::string>>()) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw wrong_value(option, text, "NAME=VALUE, such as lr=0.1");
    }
    with[text.substr(0, equals)] = parse_scalar(text.substr(equals + 1));
  }
  return with;
}

std::uint64_t read_steps(const boost::program_options::variables_map& options) {
  constexpr std::int64_t most = 100'000'000;
  const std::string text = options["steps"].as<std::string>();
  const auto steps = parse_integer(text);
  if (!steps || *steps < 1 || *steps > most) {
    throw wrong_value("steps", text, fmt::format("a whole number from 1 to {}", most));
  }
  return static_cast<std::uint64_t>(*steps);
}

}  // namespace ravine::cli
