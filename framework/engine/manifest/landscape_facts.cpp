#include "manifest/landscape_facts.hpp"

#include "core/byte_stream.hpp"
#include "core/error.hpp"
#include "plugin/instance.hpp"
#include "process/sandbox.hpp"

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

namespace ravine {
namespace {

/// A search over more points than this is not tried out beforehand.
constexpr std::uint64_t most_tried = 100;
constexpr double most_seconds = 5;  // for all of them

/// Empty where the start depends on the seed, or has another number of coordinates.
std::vector<double> start_of(model& landscape, const start_rule& start) {
  const std::size_t n = landscape.layout().size();
  if (start.given) return start.given->size() == n ? *start.given : std::vector<double>();
  const double* const customary = landscape.landscape()->start;
  if (start.instance != instance_spec{}) return {customary, customary + n};
  std::vector<double> first(n), second(n);
  landscape.init(0, first.data());
  landscape.init(1, second.data());
  return first == second ? first : std::vector<double>();
}

landscape_facts facts_of(const component& which, const settings& with, const start_rule& start) {
  landscape_facts facts;
  try {
    model landscape(which, nullptr, with, RV_F64);
    facts.dimension = landscape.layout().size();
    facts.minimum = landscape.landscape()->minimum;
    facts.unbounded_below = (landscape.landscape()->flags & RV_LANDSCAPE_UNBOUNDED_BELOW) != 0;
    facts.start = start_of(landscape, start);
    if (!facts.start.empty()) {
      facts.start_loss = landscape.loss_gradient(facts.start.data(), nullptr, nullptr);
    }
    if (facts.start.size() > landscape_facts::most_coordinates) facts.start.clear();
  } catch (const plugin_error& why) {
    facts.refusal = why.what();
  }
  return facts;
}

/// Calls the plugin.
std::string all_facts(const component& which, const option_values& values, const start_rule& start) {
  byte_writer found;
  for (std::uint64_t i = 0; i < point_count(values.searched); ++i) {
    settings with = point_at(values.searched, i);
    with.insert(values.fixed.begin(), values.fixed.end());
    const landscape_facts facts = facts_of(which, with, start);
    found << facts.dimension << facts.minimum << facts.unbounded_below << facts.start << facts.start_loss
          << std::string_view(facts.refusal);
  }
  return {reinterpret_cast<const char*>(found.bytes().data()), found.bytes().size()};
}

}  // namespace

std::vector<landscape_facts> facts_of_landscape(const component& which, const option_values& with,
                                                const start_rule& start) {
  const std::uint64_t points = point_count(with.searched);
  if (points > most_tried) return {};
  try {
    const std::string answer = in_sandbox([&] { return all_facts(which, with, start); }, most_seconds);
    byte_reader from(std::as_bytes(std::span(answer)));
    std::vector<landscape_facts> all(points);
    for (landscape_facts& each : all) {
      from >> each.dimension >> each.minimum >> each.unbounded_below >> each.start >> each.start_loss >>
          each.refusal;
    }
    return all;
  } catch (const error& problem_with_it) {
    landscape_facts refused;
    refused.refusal = problem_with_it.what();
    return {refused};
  }
}

}  // namespace ravine
