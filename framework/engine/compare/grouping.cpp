#include "compare/grouping.hpp"

#include "compare/stored_spec.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

/// A trial, and what it is called and what it is by the terms of the comparison.
struct identity {
  const stored_trial* trial = nullptr;
  std::uint64_t seed = 0;
  std::string digest;   ///< of the optimizer's shared object
  std::string problem;  ///< canonical JSON
  std::string line;     ///< canonical JSON
  std::string problem_label;
  std::string line_label;
};

void forget_digests(json& value) {
  if (value.is_object()) value.erase("plugin_sha256");
  if (value.is_structured()) {
    for (json& each : value) forget_digests(each);
  }
}

/// Takes out what was searched over, so that the points of one search stay on one problem.
void forget_searched(json& problem, const settings& point) {
  const auto erase = [&](const char* part, const std::string& name) {
    if (problem.contains(part) && problem[part].contains("with")) problem[part]["with"].erase(name);
  };
  for (const auto& [name, value] : point) {
    if (name.starts_with("problem.data.")) {
      erase("data", name.substr(13));
    } else if (name.starts_with("problem.")) {
      erase("model", name.substr(8));
    }
  }
}

identity identify(const stored_trial& trial) {
  identity all;
  all.trial = &trial;
  all.problem_label = trial.problem;
  all.line_label = trial.optimizer;
  json spec = read_spec(trial);
  all.seed = spec["seed"].get<std::uint64_t>();
  all.digest = spec["optimizer"].value("plugin_sha256", "");
  // Where a search trial was stopped is how it ended, not what it is.
  spec["train"].erase("stop_after");
  json train = spec["train"];
  train.erase("batch_size");
  json problem{{"problem", spec["problem"]},
               {"train", std::move(train)},
               {"target", spec["evaluate"].value("target", json())}};
  forget_digests(problem);
  forget_searched(problem["problem"], trial.point);
  all.problem = problem.dump();
  spec.erase("seed");
  spec.erase("repetition");
  all.line = spec.dump();
  return all;
}

/// Where `key` has several meanings, `extend` adds something to the label.
template <class Key, class Meaning, class Extend>
void tell_apart(std::vector<identity>& all, Key key, Meaning meaning, Extend extend) {
  std::map<std::string, std::set<std::string>> meanings;
  for (const identity& each : all) meanings[key(each)].insert(meaning(each));
  for (identity& each : all) {
    const auto found = meanings.find(key(each));
    if (found != meanings.end() && found->second.size() > 1) extend(each);
  }
}

/// What still is ambiguous gets a number.
template <class Key, class Meaning>
void number(std::vector<identity>& all, Key key, Meaning meaning, std::string identity::*label) {
  std::map<std::string, std::vector<std::string>> meanings;
  for (identity& each : all) {
    std::vector<std::string>& known = meanings[key(each)];
    const auto found = std::ranges::find(known, meaning(each));
    const auto place = found - known.begin();
    if (found == known.end()) known.push_back(meaning(each));
    if (place > 0) each.*label += fmt::format(" #{}", place + 1);
  }
}

std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += part + '\0';
  return text;
}

void tell_problems_apart(std::vector<identity>& all) {
  const auto key = [](const identity& each) { return each.problem_label; };
  const auto meaning = [](const identity& each) { return each.problem; };
  tell_apart(all, key, meaning, [](identity& each) {
    each.problem_label = fmt::format("{} ({})", each.trial->problem, each.trial->experiment);
  });
  number(all, key, meaning, &identity::problem_label);
}

void tell_lines_apart(std::vector<identity>& all) {
  const auto key = [](const identity& each) {
    return joined({each.problem_label, each.line_label, to_string(each.trial->point)});
  };
  const auto meaning = [](const identity& each) { return each.line; };
  tell_apart(all, key, meaning, [](identity& each) {
    each.line_label = fmt::format("{} ({})", each.trial->optimizer, each.trial->experiment);
  });
  tell_apart(all, key, meaning, [](identity& each) {
    each.line_label = fmt::format("{} ({})", each.trial->optimizer, each.digest.substr(0, 8));
  });
  number(all, key, meaning, &identity::line_label);
}

template <class Group>
Group& find_or_add(std::vector<Group>& groups, std::map<std::string, std::size_t>& places,
                   const std::string& key) {
  const auto [place, is_new] = places.emplace(key, groups.size());
  if (is_new) groups.emplace_back();
  return groups[place->second];
}

}  // namespace

std::vector<problem_group> group_trials(const std::vector<stored_trial>& trials) {
  std::vector<identity> all;
  std::unordered_set<std::string> seen;
  for (const stored_trial& trial : trials) {
    identity each = identify(trial);
    if (seen.insert(joined({trial.problem, trial.optimizer, trial.spec})).second) {
      all.push_back(std::move(each));
    }
  }
  tell_problems_apart(all);
  tell_lines_apart(all);

  std::vector<problem_group> problems;
  std::map<std::string, std::size_t> problem_places;
  std::map<std::string, std::size_t> line_places;
  for (const identity& each : all) {
    problem_group& problem = find_or_add(problems, problem_places, each.problem_label);
    problem.problem = each.problem_label;
    const std::string key = joined({each.problem_label, each.line_label, to_string(each.trial->point),
                                    each.trial->role == trial_role::search ? "search" : "result"});
    trial_group& line = find_or_add(problem.configurations, line_places, key);
    line.optimizer = each.line_label;
    line.point = each.trial->point;
    line.role = each.trial->role;
    line.repetitions.push_back({each.seed, each.trial->repetition, each.trial});
  }
  for (problem_group& problem : problems) {
    for (trial_group& line : problem.configurations) {
      std::ranges::stable_sort(line.repetitions, {},
                               [](const repetition& each) { return std::tuple(each.seed, each.number); });
    }
  }
  return problems;
}

}  // namespace ravine
