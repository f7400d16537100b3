#include "tuning/part.hpp"

#include "tuning/later_trials.hpp"

#include <cstddef>
#include <tuple>
#include <vector>

namespace ravine {
namespace {

/// The trials of an optimizer on a problem, which follow one another in a plan.
struct trials_of_pair {
  std::size_t begin;
  std::size_t end;
};

std::vector<trials_of_pair> pairs_of(const trial_list& trials) {
  const auto labels = [&](std::size_t i) {
    const trial_spec& spec = trials.configuration(i).spec;
    return std::tie(spec.problem.label, spec.optimizer.label);
  };
  std::vector<trials_of_pair> pairs;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (pairs.empty() || labels(pairs.back().begin) != labels(i)) pairs.push_back({i, i});
    pairs.back().end = i + 1;
  }
  return pairs;
}

/// A number without a pattern for each number: the output function of SplitMix64 (Steele, Lea & Flood 2014).
std::uint64_t scattered(std::uint64_t number) {
  number += 0x9E3779B97F4A7C15;
  number = (number ^ (number >> 30U)) * 0xBF58476D1CE4E5B9;
  number = (number ^ (number >> 27U)) * 0x94D049BB133111EB;
  return number ^ (number >> 31U);
}

/// Of as many things in a row as there are parts each gets one: neighbours, such as the repetitions of one
/// configuration, cost about the same. Which part gets which of them changes from row to row, so that none
/// gets the same optimizer again and again.
bool gets(const part_number& part, std::uint64_t thing) {
  const std::uint64_t row = thing / part.count;
  return (thing % part.count + scattered(row) % part.count) % part.count == part.index - 1;
}

/// How many trials tuning will add to those of one optimizer on one problem.
std::uint64_t later_in(const plan& whole, const trials_of_pair& pair) {
  plan alone = whole;
  alone.trials.clear();
  for (std::size_t i = pair.begin; i < pair.end; ++i) alone.trials.append(whole.trials, i);
  const later_trials later = later_trials_of(alone);
  return later.finalists + later.repetitions;  // those that go on take the places of shorter ones
}

}  // namespace

plan part_of(const plan& whole, const part_number& part) {
  const bool is_tuned = !whole.tuning_metric.empty();
  plan some = whole;
  some.trials.clear();
  part_places& places = some.part.emplace();
  std::uint64_t number = 0;
  for (const trials_of_pair& pair : pairs_of(whole.trials)) {
    const bool gets_all = is_tuned && gets(part, number++);
    for (std::size_t i = pair.begin; i < pair.end; ++i) {
      if (is_tuned ? gets_all : gets(part, i)) {
        some.trials.append(whole.trials, i);
        places.of_trials.push_back(places.whole + (i - pair.begin));
      }
    }
    places.whole += pair.end - pair.begin + (is_tuned ? later_in(whole, pair) : 0);
  }
  return some;
}

void keep_places(const plan& before, plan& after) {
  if (!before.part) return;
  std::vector<std::uint64_t>& places = after.part->of_trials;
  places.clear();
  const std::vector<trials_of_pair> pairs = pairs_of(before.trials);
  auto pair = pairs.begin();
  for (const trials_of_pair& grown : pairs_of(after.trials)) {
    const std::uint64_t first = before.part->of_trials[(pair++)->begin];
    for (std::size_t i = grown.begin; i < grown.end; ++i) places.push_back(first + (i - grown.begin));
  }
}

}  // namespace ravine
