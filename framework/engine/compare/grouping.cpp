#include "compare/grouping.hpp"

#include "compare/stored_spec.hpp"
#include "core/settings_json.hpp"
#include "trial/planned_trial.hpp"
#include "trial/trial_spec.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

/// Texts that many trials have in common, each held once: equal ones are one.
class texts {
 public:
  const std::string* the(std::string text) { return &*all_.insert(std::move(text)).first; }

 private:
  std::unordered_set<std::string> all_;
};

/// A trial, and what it is called and what it is by the terms of the comparison.
struct identity {
  const stored_trial* trial = nullptr;
  std::uint64_t seed = 0;
  std::string digest;                    ///< of the optimizer's shared object
  std::string data;                      ///< SHA-256; empty without data, or where it is not known
  const std::string* problem = nullptr;  ///< canonical JSON
  const std::string* task = nullptr;     ///< the same without the digest of the data
  const std::string* line = nullptr;     ///< canonical JSON
  std::string run;                       ///< what else the specification says: seed, repetition, early stop
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

/// Older versions stored no digests of data. Where name and options say what the data are, since no option is
/// a text that names a file, they are those of the trials that have a digest, if these have the same one.
class data_digests {
 public:
  explicit data_digests(const std::vector<stored_trial>& trials) {
    const auto lacks_digest = [](const stored_trial& each) {
      return each.spec.find(undigested_data) != std::string::npos;
    };
    // The usual case, which spares parsing every specification.
    if (std::ranges::none_of(trials, lacks_digest)) return;
    for (const stored_trial& each : trials) {
      const json spec = read_spec(each);
      if (!spec["problem"].contains("data")) continue;
      const json& data = spec["problem"]["data"];
      if (data.contains("sha256")) known_[key(data)].insert(data["sha256"].get<std::string>());
    }
  }

  void fill_in(json& spec) const {
    if (!spec["problem"].contains("data")) return;
    json& data = spec["problem"]["data"];
    const auto found = known_.find(key(data));
    if (data.contains("sha256") || found == known_.end() || found->second.size() != 1) return;
    const data_request request{data["use"].get<std::string>(), settings_from_json(data["with"].dump())};
    if (is_fixed(request)) data["sha256"] = *found->second.begin();
  }

 private:
  static std::string key(const json& data) { return data["use"].dump() + data["with"].dump(); }

  std::map<std::string, std::set<std::string>> known_;
};

std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += part + '\0';
  return text;
}

identity identify(const stored_trial& trial, const data_digests& digests, texts& known) {
  identity all;
  all.trial = &trial;
  all.problem_label = trial.problem;
  all.line_label = trial.optimizer;
  json spec = read_spec(trial);
  digests.fill_in(spec);
  if (spec["problem"].contains("data")) all.data = spec["problem"]["data"].value("sha256", "");
  all.seed = spec["seed"].get<std::uint64_t>();
  all.digest = spec["optimizer"].value("plugin_sha256", "");
  // Where a search trial was stopped is how it ended, not what it is.
  all.run = joined(
      {spec["seed"].dump(), spec["repetition"].dump(), spec["train"].value("stop_after", json()).dump()});
  spec["train"].erase("stop_after");
  json train = spec["train"];
  train.erase("batch_size");
  json problem{{"problem", spec["problem"]},
               {"train", std::move(train)},
               {"target", spec["evaluate"].value("target", json())}};
  forget_digests(problem);
  forget_searched(problem["problem"], trial.point);
  all.problem = known.the(problem.dump());
  if (problem["problem"].contains("data")) problem["problem"]["data"].erase("sha256");
  all.task = known.the(problem.dump());
  spec.erase("seed");
  spec.erase("repetition");
  all.line = known.the(spec.dump());
  return all;
}

/// Where `key` has several meanings, `extend` adds something to the label.
template <class Key, class Meaning, class Extend>
void tell_apart(std::vector<identity>& all, Key key, Meaning meaning, Extend extend) {
  std::map<std::string, std::set<decltype(meaning(all.front()))>> meanings;
  for (const identity& each : all) meanings[key(each)].insert(meaning(each));
  for (identity& each : all) {
    const auto found = meanings.find(key(each));
    if (found != meanings.end() && found->second.size() > 1) extend(each);
  }
}

/// What still is ambiguous gets a number.
template <class Key, class Meaning>
void number(std::vector<identity>& all, Key key, Meaning meaning, std::string identity::*label) {
  std::map<std::string, std::vector<const std::string*>> meanings;
  for (identity& each : all) {
    auto& known = meanings[key(each)];
    const auto found = std::ranges::find(known, meaning(each));
    const auto place = found - known.begin();
    if (found == known.end()) known.push_back(meaning(each));
    if (place > 0) each.*label += fmt::format(" #{}", place + 1);
  }
}

void tell_problems_apart(std::vector<identity>& all) {
  const auto key = [](const identity& each) { return each.problem_label; };
  const auto meaning = [](const identity& each) { return each.problem; };
  tell_apart(
      all,
      [](const identity& each) {
        return joined({each.problem_label, *each.task});
      },
      [](const identity& each) { return each.data; },
      [](identity& each) {
        each.problem_label +=
            each.data.empty() ? " (data unknown)" : fmt::format(" (data {})", each.data.substr(0, 8));
      });
  tell_apart(all, key, meaning, [](identity& each) {
    each.problem_label = fmt::format("{} ({})", each.problem_label, each.trial->experiment);
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

/// What was tuned in studies is a line of its own, beside other experiments' lines of the same label.
void tell_studies_apart(std::vector<identity>& all) {
  const auto line_of = [](const identity& each) { return joined({each.problem_label, each.line_label}); };
  std::set<std::string> studied;
  std::map<std::string, std::set<std::string>> experiments;
  for (const identity& each : all) {
    if (study_of(each.trial->repetition) > 0) studied.insert(line_of(each));
    experiments[line_of(each)].insert(each.trial->experiment);
  }
  for (identity& each : all) {
    const std::string line = line_of(each);
    if (studied.contains(line) && experiments[line].size() > 1)
      each.line_label = fmt::format("{} ({})", each.line_label, each.trial->experiment);
  }
}

/// The lines whose tuning was repeated as a whole.
class studied_lines {
 public:
  explicit studied_lines(const std::vector<identity>& all) {
    for (const identity& each : all) {
      if (study_of(each.trial->repetition) > 0) found_.insert(key(each));
    }
  }

  bool has(const identity& each) const {
    return each.trial->role == trial_role::result && found_.contains(key(each));
  }

 private:
  static std::string key(const identity& each) { return joined({each.problem_label, each.line_label}); }

  std::set<std::string> found_;
};

void add_study(const stored_trial& trial, std::vector<settings>& studies) {
  const std::uint64_t study = study_of(trial.repetition);
  if (study >= most_studies) return;
  if (study >= studies.size()) studies.resize(study + 1);
  studies[study] = trial.point;
}

bool was_interrupted(const stored_trial& trial) { return trial.result.status == trial_status::interrupted; }

template <class Group>
Group& find_or_add(std::vector<Group>& groups, std::map<std::string, std::size_t>& places,
                   const std::string& key) {
  const auto [place, is_new] = places.emplace(key, groups.size());
  if (is_new) groups.emplace_back();
  return groups[place->second];
}

}  // namespace

std::vector<problem_group> group_trials(const std::vector<stored_trial>& trials) {
  const data_digests digests(trials);
  texts known;
  std::vector<identity> all;
  std::map<std::pair<const std::string*, std::string>, std::size_t> seen;  // where in `all`
  std::unordered_map<const stored_trial*, std::vector<const stored_trial*>> repeated;
  for (const stored_trial& trial : trials) {
    identity each = identify(trial, digests, known);
    const auto [place, is_new] =
        seen.emplace(std::pair(each.line, joined({trial.problem, trial.optimizer, each.run})), all.size());
    if (is_new) {
      all.push_back(std::move(each));
      continue;
    }
    identity& first = all[place->second];
    if (was_interrupted(*first.trial)) {
      first = std::move(each);
    } else if (!was_interrupted(trial)) {
      repeated[first.trial].push_back(&trial);
    }
  }
  tell_problems_apart(all);
  tell_lines_apart(all);
  tell_studies_apart(all);

  const studied_lines studied(all);
  std::vector<problem_group> problems;
  std::map<std::string, std::size_t> problem_places;
  std::map<std::string, std::size_t> line_places;
  for (const identity& each : all) {
    problem_group& problem = find_or_add(problems, problem_places, each.problem_label);
    problem.problem = each.problem_label;
    const bool of_studies = studied.has(each);
    const settings point = of_studies ? settings() : each.trial->point;
    const std::string key = joined({each.problem_label, each.line_label, to_string(point),
                                    each.trial->role == trial_role::search ? "search" : "result"});
    trial_group& line = find_or_add(problem.configurations, line_places, key);
    line.optimizer = each.line_label;
    line.point = point;
    if (of_studies) add_study(*each.trial, line.studies);
    line.role = each.trial->role;
    line.repetitions.push_back({each.seed, each.trial->repetition, each.trial});
    for (const stored_trial* const other : repeated[each.trial]) {
      problem.repeated.emplace_back(each.trial, other);
    }
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
