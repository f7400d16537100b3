#pragma once

#include "manifest/grammar.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

// How the tables of the grammar are written.
namespace ravine::grammar_rows {

using form = value_grammar::form;
using arity = value_grammar::arity;
using provider = value_grammar::provider;

constexpr double most_steps = 1e12;  // far beyond any training, and exact when it is made from epochs
constexpr double longest = 1e9;      // epochs or seconds

constexpr key_grammar key(std::string_view name, value_grammar value, std::string_view example,
                          std::string_view description) {
  return {.name = name, .value = value, .example = example, .description = description};
}

constexpr value_grammar text() { return {.type = form::text}; }
constexpr value_grammar prose() { return {.type = form::prose}; }
constexpr value_grammar flag() { return {.type = form::flag}; }
constexpr value_grammar size() { return {.type = form::size}; }
constexpr value_grammar candidate() { return {.type = form::candidate}; }
constexpr value_grammar number() { return {.type = form::real}; }
constexpr value_grammar whole_number() { return {.type = form::integer}; }

constexpr value_grammar integer(double least, double most) {
  return {.type = form::integer, .minimum = least, .maximum = most};
}

constexpr value_grammar positive(double most = value_grammar::unlimited) {
  return {.type = form::real, .minimum = 0, .maximum = most, .above_minimum = true};
}

constexpr value_grammar share() {
  return {.type = form::real, .noun = "a share", .minimum = 0, .maximum = 1, .above_minimum = true};
}

constexpr value_grammar one_of(std::span<const std::string_view> words) {
  return {.type = form::word, .words = words};
}

constexpr value_grammar use(provider from, std::string_view noun) {
  return {.type = form::use, .noun = noun, .from = from};
}

constexpr value_grammar with(provider from) {
  return {.type = form::with, .from = from, .searchable = from != provider::scheduler};
}

constexpr value_grammar block_of(const block_grammar& inner) {
  return {.type = form::block, .inner = &inner};
}

constexpr value_grammar or_null(value_grammar value) {
  value.nullable = true;
  return value;
}

constexpr value_grammar searchable(value_grammar value) {
  value.searchable = true;
  return value;
}

constexpr value_grammar one_or_several(value_grammar value) {
  value.count = arity::one_or_list;
  return value;
}

constexpr value_grammar or_range(value_grammar value, const block_grammar& range) {
  value.range = &range;
  return value;
}

constexpr value_grammar list_of(value_grammar value, std::size_t most = value_grammar{}.most_entries) {
  value.count = arity::list;
  value.most_entries = most;
  return value;
}

constexpr value_grammar two_of(value_grammar value) {
  value.count = arity::list;
  value.least_entries = value.most_entries = 2;
  return value;
}

constexpr key_grammar epochs =
    key("epochs", positive(longest), "10", "Passes over the training data; fractions are allowed.");
constexpr key_grammar steps = key("steps", integer(1, most_steps), "500", "Optimizer steps.");

}  // namespace ravine::grammar_rows
