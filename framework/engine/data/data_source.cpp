#include "data/data_source.hpp"

#include "data/apart.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ravine {
namespace {

std::string expected_text(const std::vector<std::string>& choices) {
  if (choices.empty()) return "text";
  std::string all;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    all += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i];
  }
  return all;
}

settings completed(const data_source& source, const settings& given) {
  for (const auto& [name, value] : given) {
    if (source.find_option(name) == nullptr) {
      throw data_error(fmt::format("{}: there is no option {}", source.name, name));
    }
  }
  settings all;
  for (const data_option& each : source.options) {
    const auto found = given.find(each.name);
    try {
      all[each.name] = each.check(found == given.end() ? each.default_value : found->second);
    } catch (const data_error& problem) {
      throw data_error(fmt::format("{}: {} ({})", source.name, problem.what(), each.doc));
    }
  }
  return all;
}

}  // namespace

std::string data_option::expects() const {
  if (std::holds_alternative<bool>(default_value)) return "true or false";
  if (std::holds_alternative<std::string>(default_value)) return expected_text(choices);
  const char* const kind = std::holds_alternative<double>(default_value) ? "a number" : "a whole number";
  if (maximum == std::numeric_limits<std::int64_t>::max())
    return fmt::format("{}, at least {}", kind, minimum);
  return fmt::format("{} from {} to {}", kind, minimum, maximum);
}

bool data_option::admits(const setting& value) const {
  if (const auto* const text = std::get_if<std::string>(&value)) {
    return std::holds_alternative<std::string>(default_value) && !text->empty() &&
           (choices.empty() || std::ranges::find(choices, *text) != choices.end());
  }
  if (std::holds_alternative<bool>(value)) return std::holds_alternative<bool>(default_value);
  if (const auto* const real = std::get_if<double>(&value)) {
    return std::holds_alternative<double>(default_value) && *real >= static_cast<double>(minimum) &&
           *real <= static_cast<double>(maximum);
  }
  const auto* const number = std::get_if<std::int64_t>(&value);
  const bool takes_numbers =
      std::holds_alternative<std::int64_t>(default_value) || std::holds_alternative<double>(default_value);
  return takes_numbers && number != nullptr && *number >= minimum && *number <= maximum;
}

setting data_option::check(const setting& value) const {
  if (admits(value)) {
    const auto* const whole = std::get_if<std::int64_t>(&value);
    const bool real = std::holds_alternative<double>(default_value);
    return real && whole != nullptr ? setting(static_cast<double>(*whole)) : value;
  }
  const std::string found = to_string(value);
  throw data_error(
      fmt::format("{}: found {}, expected {}", name, found.empty() ? "nothing" : found, expects()));
}

const data_option* data_source::find_option(std::string_view option) const {
  const auto found = std::ranges::find(options, option, &data_option::name);
  return found == options.end() ? nullptr : &*found;
}

const data_source* find_data_source(std::string_view name) {
  const auto found = std::ranges::find(data_sources(), name, &data_source::name);
  return found == data_sources().end() ? nullptr : &*found;
}

dataset load_dataset(const data_request& request) {
  const data_source* const source = find_data_source(request.use);
  if (source == nullptr) throw data_error(fmt::format("there is no data source {}", request.use));
  const settings with = completed(*source, request.with);
  return decode_apart(source->name, [&] { return source->decode(with); });
}

}  // namespace ravine
