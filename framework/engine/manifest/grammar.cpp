#include "manifest/grammar.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

std::string joined_by_or(std::span<const std::string_view> words) {
  if (words.size() == 1) return std::string(words.front());
  return fmt::format("{} or {}", fmt::join(words.first(words.size() - 1), ", "), words.back());
}

/// " from 1 to 100", ", at least 0", " above 0 and at most 1"; empty if every number will do.
std::string bounds_of(const value_grammar& value) {
  const bool bounded_above = value.maximum < value_grammar::exact_limit;  // else no user meets it
  if (!std::isfinite(value.minimum)) return {};
  if (value.above_minimum) {
    const std::string most = bounded_above ? fmt::format(" and at most {:.0f}", value.maximum) : "";
    return fmt::format(" above {:.0f}{}", value.minimum, most);
  }
  if (!bounded_above) return fmt::format(", at least {:.0f}", value.minimum);
  return fmt::format(" from {:.0f} to {:.0f}", value.minimum, value.maximum);
}

std::string describe_number(const value_grammar& value, std::string_view usual_noun) {
  std::string text = fmt::format("{}{}", value.noun.empty() ? usual_noun : value.noun, bounds_of(value));
  if (!value.words.empty()) text += ", or " + joined_by_or(value.words);
  return text;
}

}  // namespace

const key_grammar* block_grammar::find(std::string_view key) const {
  const auto found = std::ranges::find(keys, key, &key_grammar::name);
  return found == keys.end() ? nullptr : &*found;
}

const key_grammar& block_grammar::at(std::string_view key) const {
  if (const key_grammar* const found = find(key)) return *found;
  throw std::logic_error(fmt::format("the grammar of {} has no key {}", name, key));
}

std::string describe(const value_grammar& value) {
  using form = value_grammar::form;
  switch (value.type) {
    case form::text:
      return std::string(value.noun.empty() ? "text in one line" : value.noun);
    case form::prose:
      return "text";
    case form::flag:
      return "true or false";
    case form::integer:
      return describe_number(value, "a whole number");
    case form::real:
      return describe_number(value, "a number");
    case form::word:
      return joined_by_or(value.words);
    case form::size:
      return "a size such as 512 MiB or 2 GiB";
    case form::candidate:
      return "a value";
    case form::use:
      return std::string(value.noun);
    case form::block:
    case form::with:
    case form::schedule:
      return "a block";
  }
  return {};
}

std::span<const block_grammar* const> grammar::blocks() {
  static constexpr std::array all{
      &manifest,  &problem,   &data,         &instance, &train,  &clip,       &scale_lr_with_batch,
      &evaluate,  &curvature, &target,       &range,    &length, &optimizer,  &inner_optimizer,
      &group,     &stage,     &stage_length, &search,   &tuning, &stop_early, &limits,
      &checkpoint};
  return all;
}

}  // namespace ravine
