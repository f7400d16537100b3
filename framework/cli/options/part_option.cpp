#include "options/part_option.hpp"

#include "options/usage.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace ravine::cli {
namespace {

constexpr std::uint64_t most_parts = 1'000'000;

/// A number of digits alone; nothing else.
std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  return fault == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

void add_part_option(boost::program_options::options_description& options) {
  options.add_options()(
      "part", boost::program_options::value<std::string>()->value_name("I/N"),
      "run the I-th of N parts of about equal cost, say 3/40; ravine merge puts their files together");
}

std::optional<part_number> read_part(const boost::program_options::variables_map& options) {
  if (options.count("part") == 0) return std::nullopt;
  const auto text = options["part"].as<std::string>();
  const std::size_t slash = text.find('/');
  const auto index = number_in(text.substr(0, slash));
  const auto count = slash == std::string::npos ? std::nullopt : number_in(text.substr(slash + 1));
  if (index && count && *index >= 1 && *index <= *count && *count <= most_parts)
    return part_number{*index, *count};
  throw wrong_value("part", text, "I/N with 1 <= I <= N <= 1000000, such as 3/40");
}

}  // namespace ravine::cli
