#include "report/report_document.hpp"

#include "compare/comparison_json.hpp"
#include "compare/grouping.hpp"
#include "compare/shortened_curve.hpp"
#include "compare/unfinished.hpp"
#include "report/drawn_trials.hpp"
#include "report/problem_landscape.hpp"
#include "report/trials_json.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr int document_format = 2;
constexpr std::size_t most_trials = 2000;  // whose curves and paths are drawn

/// Which shared object took part as what: read from the specifications.
void collect_plugins(const json& value, std::set<std::pair<std::string, std::string>>& found) {
  if (value.is_object()) {
    const auto use = value.find("use");
    const auto digest = value.find("plugin_sha256");
    if (use != value.end() && use->is_string() && digest != value.end() && digest->is_string()) {
      found.emplace(use->get<std::string>(), digest->get<std::string>());
    }
  }
  if (!value.is_structured()) return;
  for (const json& each : value) collect_plugins(each, found);
}

json plugins_json(const std::vector<std::string>& specs) {
  std::set<std::pair<std::string, std::string>> found;
  for (const std::string& spec : specs) collect_plugins(json::parse(spec), found);
  json all = json::array();
  for (const auto& [id, digest] : found) all.push_back({{"id", id}, {"sha256", digest}});
  return all;
}

json files_json(const std::vector<results_file>& files) {
  json all = json::array();
  for (const results_file& file : files) {
    json experiments = json::array();
    for (const stored_experiment& each : file.experiments) {
      experiments.push_back({{"name", each.name},
                             {"manifest", each.manifest},
                             {"seed", each.seed},
                             {"repetitions", each.repetitions},
                             {"planned_at", each.planned_at},
                             {"planned", each.planned},
                             {"finished", each.finished}});
    }
    all.push_back({{"name", file.name}, {"experiments", std::move(experiments)}});
  }
  return all;
}

template <class Body>
void for_each_drawn(const problem_group& group, const std::vector<std::size_t>& repetitions, Body body) {
  for (std::size_t i = 0; i < group.configurations.size(); ++i) {
    for (const repetition& each : std::span(group.configurations[i].repetitions).first(repetitions[i]))
      body(each);
  }
}

/// The trials of all files, one after another, with whole curves and paths where they are needed: those of a
/// large sweep would not find room in memory.
class trials_of_files {
 public:
  explicit trials_of_files(std::vector<results_file>& files) {
    for (results_file& file : files) {
      std::ranges::move(file.trials, std::back_inserter(all_));
      file.trials.clear();
      sources_.push_back({all_.size(), file.from});
    }
  }

  const std::vector<stored_trial>& all() const { return all_; }
  void read_whole(const stored_trial* trial) {
    const auto index = static_cast<std::size_t>(trial - all_.data());
    const auto in = std::ranges::upper_bound(sources_, index, {}, &source::end);
    if (!in->from) return;
    all_[index].result.path = in->from->trajectory_of(trial->id);
    all_[index].result.evaluations = in->from->curve_of(trial->id);
  }
  void forget_path(const stored_trial* trial) {
    all_[static_cast<std::size_t>(trial - all_.data())].result.path = {};
  }

 private:
  struct source {
    std::size_t end;  // index of the trial after the last
    std::shared_ptr<const store> from;
  };
  std::vector<stored_trial> all_;
  std::vector<source> sources_;
};

/// The comparison of the lines that have a trial on the page: summaries of a hundred thousand points of a
/// search would fill it.
comparison on_page(comparison compared, const drawn_trials& drawn) {
  for (std::size_t i = 0; i < compared.problems.size(); ++i) {
    problem_summary& problem = compared.problems[i];
    std::vector<std::size_t> places(problem.configurations.size());
    std::size_t kept = 0;
    for (std::size_t line = 0; line < places.size(); ++line) {
      places[line] = kept;
      if (drawn.repetitions[i][line] == 0) continue;
      if (kept != line) problem.configurations[kept] = std::move(problem.configurations[line]);
      ++kept;
    }
    problem.configurations.resize(kept);
    for (std::size_t& line : problem.chosen)
      line = places[line];  // each of them has a trial there, as have leaders
    for (auto& [metric, line] : problem.leaders) line = places[line];
  }
  return compared;
}

/// Values that a step function is drawn by: with so many, every so many-th shows the same.
void thin_steps(json& distribution) {
  constexpr std::size_t most = 2000;
  const auto solved = distribution["solved"].get<std::vector<double>>();
  const std::size_t stride = (solved.size() + most - 1) / most;
  if (stride < 2) return;
  json kept = json::array();
  for (std::size_t i = stride - 1; i < solved.size(); i += stride) kept.push_back(solved[i]);
  distribution["solved"] = std::move(kept);
  distribution["count"] = distribution["count"].get<double>() / static_cast<double>(stride);
}

/// Lists with an entry for each trial, of which nothing is drawn; `ravine compare` writes them.
void leave_out_lists(json& compared) {
  for (json& problem : compared["problems"]) {
    for (json& line : problem["configurations"]) {
      for (json& score : line["scores"]) score["values"] = json::array();
      if (line["time_to_target"].is_null()) continue;
      for (json& target : line["time_to_target"]["targets"]) target["costs"] = json::array();
    }
    for (const char* pairs : {"paired", "paired_further"}) {
      for (json& pair : problem[pairs]) pair["differences"] = json::array();
    }
  }
  for (json& summary : compared["runtimes"]) {
    for (json& line : summary["optimizers"]) {
      for (json& distribution : line) thin_steps(distribution);
    }
  }
}

}  // namespace

std::vector<results_file> read_results(std::span<const std::string> files) {
  std::vector<std::shared_ptr<const store>> opened;
  for (const std::string& file : files)
    opened.push_back(std::make_shared<const store>(store::open_read_only(file)));
  std::vector<std::vector<stored_trial>> trials = read_shortened(opened);
  std::vector<results_file> all;
  for (std::size_t i = 0; i < files.size(); ++i) {
    all.push_back({std::filesystem::path(files[i]).filename().string(), opened[i]->experiments(),
                   std::move(trials[i]), opened[i]});
  }
  return all;
}

json report_document(std::vector<results_file> files, const registry& plugins,
                     const baseline_choice& baseline, std::span<const paired_test> family) {
  trials_of_files trials(files);
  comparison compared = compare(trials.all(), baseline, family);
  std::vector<stored_experiment> experiments;
  for (const results_file& file : files) std::ranges::copy(file.experiments, std::back_inserter(experiments));
  add_unfinished(compared, experiments);
  const std::vector<problem_group> groups = group_trials(trials.all());  // as compare does, in the same order
  const drawn_trials drawn = choose_drawn(groups, compared, most_trials);
  json document{{"format", document_format},
                {"files", files_json(files)},
                {"baseline", compared.baseline},
                {"comparison", to_json(on_page(compared, drawn))},
                {"trials", {{"drawn", drawn.drawn}, {"all", drawn.all}}},
                {"lines", {{"drawn", drawn.drawn_lines()}, {"all", drawn.all_lines()}}},
                {"problems", json::array()}};
  if (!drawn.are_all()) leave_out_lists(document["comparison"]);
  shared_texts shared;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const problem_group& group = groups[i];
    for_each_drawn(group, drawn.repetitions[i],
                   [&](const repetition& each) { trials.read_whole(each.trial); });
    json landscape = problem_landscape(group, compared.problems[i].chosen, plugins);
    json lines = trials_json(group, landscape, drawn.repetitions[i], drawn.drawn, shared);
    for_each_drawn(group, drawn.repetitions[i],
                   [&](const repetition& each) { trials.forget_path(each.trial); });
    document["problems"].push_back(
        {{"problem", group.problem}, {"trials", std::move(lines)}, {"landscape", std::move(landscape)}});
  }
  document["machines"] = shared.machines.all();
  document["builds"] = shared.builds.all();
  document["plugins"] = plugins_json(shared.specs.all());
  document["specs"] = json::array();
  for (const std::string& spec : shared.specs.all()) document["specs"].push_back(json::parse(spec));
  return document;
}

}  // namespace ravine
