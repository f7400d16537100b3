#pragma once

#include "core/error.hpp"

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <fmt/format.h>

namespace ravine::cli {

/// The command line is wrong: exit status 2.
struct usage_error : error {
  using error::error;
};

/// What a command expects.
struct usage {
  std::string_view synopsis;     ///< "ravine compare FILE.db… [options]"
  std::string_view description;  ///< what it does, ends with a newline
  boost::program_options::options_description options;
  /// The option that takes the arguments without a name, as a vector of strings; "" if there are none.
  std::string_view positional{};
};

/// Parses the arguments. Adds --help, and answers nothing after having printed the help on standard output.
/// Throws usage_error that names the argument at fault and points to --help.
std::optional<boost::program_options::variables_map> parse(const usage& expected,
                                                           std::span<const std::string> arguments);

/// The values of a repeatable option; none if it was not given.
std::vector<std::string> texts_of(const boost::program_options::variables_map& options, const char* name);

/// "--OPTION: found FOUND, expected EXPECTED".
template <class T>
usage_error wrong_value(std::string_view option, const T& found, std::string_view expected) {
  return usage_error(fmt::format("--{}: found {}, expected {}", option, found, expected));
}

/// The value of an option that is one of several words. Throws usage_error if it is none of them.
std::string read_choice(const boost::program_options::variables_map& options, const std::string& option,
                        std::initializer_list<std::string> words);

}  // namespace ravine::cli
