#include "options/usage.hpp"

#include "core/nearest.hpp"
#include "text/output.hpp"

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <typeinfo>
#include <vector>

#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine::cli {

namespace po = boost::program_options;

namespace {

/// "; did you mean --steps?", or nothing if no option is near.
std::string did_you_mean(const std::string& written, const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& each : options.options()) names.push_back(each->long_name());
  const std::string meant =
      nearest(written.substr(std::min(written.find_first_not_of('-'), written.size())), names);
  return meant.empty() ? "" : fmt::format("; did you mean --{}?", meant);
}

/// Boost would turn -1 into the greatest number of an unsigned type.
void refuse_negative(const po::parsed_options& parsed, const po::options_description& options) {
  for (const auto& each : parsed.options) {
    const po::option_description* const described = options.find_nothrow(each.string_key, false);
    if (described == nullptr) continue;
    const auto* const typed = dynamic_cast<const po::typed_value_base*>(described->semantic().get());
    if (typed == nullptr ||
        (typed->value_type() != typeid(unsigned) && typed->value_type() != typeid(std::uint64_t)))
      continue;
    for (const std::string& written : each.value) {
      if (written.starts_with('-')) throw wrong_value(each.string_key, written, "a number, at least 0");
    }
  }
}

}  // namespace

std::optional<po::variables_map> parse(const usage& expected, std::span<const std::string> arguments) {
  constexpr unsigned columns = 100;
  po::options_description all(columns);
  for (const auto& each : expected.options.options()) all.add(each);
  all.add_options()("help,h", "show this text");
  po::options_description accepted;
  accepted.add(all);
  po::positional_options_description positional;
  if (!expected.positional.empty()) {
    const std::string name(expected.positional);
    accepted.add_options()(name.c_str(), po::value<std::vector<std::string>>());
    positional.add(name.c_str(), -1);
  }
  po::variables_map found;
  try {
    // No guessing: an abbreviation that works today would break when an option is added.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const po::parsed_options parsed =
        po::command_line_parser(std::vector<std::string>(arguments.begin(), arguments.end()))
            .options(accepted)
            .positional(positional)
            .style(style)
            .run();
    refuse_negative(parsed, accepted);
    po::store(parsed, found);
    if (found.count("help") != 0) {
      std::ostringstream listed;
      listed << all;
      print_result("Usage: {}\n\n{}\nOptions:\n{}", expected.synopsis, expected.description, listed.str());
      return std::nullopt;
    }
    po::notify(found);
  } catch (const po::unknown_option& problem) {
    throw usage_error(fmt::format("{}{}\nUsage: {}\nSee --help.", problem.what(),
                                  did_you_mean(problem.get_option_name(), all), expected.synopsis));
  } catch (const po::too_many_positional_options_error&) {
    throw usage_error(
        fmt::format("this command takes options alone\nUsage: {}\nSee --help.", expected.synopsis));
  } catch (const po::error& problem) {
    throw usage_error(fmt::format("{}\nUsage: {}\nSee --help.", problem.what(), expected.synopsis));
  }
  return found;
}

std::vector<std::string> texts_of(const boost::program_options::variables_map& options, const char* name) {
  return options.count(name) != 0 ? options[name].as<std::vector<std::string>>() : std::vector<std::string>();
}

std::string read_choice(const po::variables_map& options, const std::string& option,
                        std::initializer_list<std::string> words) {
  const auto& written = options[option].as<std::string>();
  const std::vector<std::string> all(words);
  if (std::ranges::find(all, written) != all.end()) return written;
  throw wrong_value(option, written,
                    fmt::format("{} or {}", fmt::join(all.begin(), all.end() - 1, ", "), all.back()));
}

}  // namespace ravine::cli
