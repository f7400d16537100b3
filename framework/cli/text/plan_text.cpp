#include "text/plan_text.hpp"

#include "core/counted.hpp"
#include "text/number_text.hpp"
#include "text/text_table.hpp"
#include "tuning/later_trials.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

std::string batch_text(const trial_spec& spec) {
  if (!spec.problem.data) return "-";
  return spec.train.batch_size == 0 ? "full" : count_text(spec.train.batch_size);
}

/// What tuning costs: "; then 24 of finalists, 10 of what tuning chooses: 70 in all".
std::string tuning_text(const plan& experiment) {
  const later_trials later = later_trials_of(experiment);
  if (later.all() == 0) return "";
  std::string text = "; then ";
  if (later.continued > 0)
    text += fmt::format("{} of search points that go on, ", count_text(later.continued));
  if (later.finalists > 0) text += fmt::format("{} of finalists, ", count_text(later.finalists));
  return text + fmt::format("{} of what tuning chooses: {} in all", count_text(later.repetitions),
                            count_text(experiment.trials.size() + later.all()));
}

/// A line for each problem whose data have a digest.
std::string data_text(const plan& experiment) {
  std::set<std::string> told;
  std::string text;
  for (const planned_trial& trial : experiment.trials.configurations()) {
    const auto& data = trial.spec.problem.data;
    if (!data || data->sha256.empty() || !told.insert(trial.spec.problem.label + data->sha256).second)
      continue;
    text += fmt::format("\n{}: data {}, SHA-256 {}", trial.spec.problem.label, data->use, data->sha256);
  }
  return text.empty() ? text : text + '\n';
}

}  // namespace

std::string plan_text(const plan& experiment) {
  struct line {
    const trial_spec* first;
    std::uint64_t repetitions;
  };
  std::vector<line> lines;
  for (std::size_t i = 0; i < experiment.trials.size(); ++i) {
    const trial_spec& spec = experiment.trials.configuration(i).spec;
    const auto key = [](const trial_spec& s) {
      return std::tie(s.problem.label, s.optimizer.label, s.point);
    };
    if (!lines.empty() && key(*lines.back().first) == key(spec)) {
      ++lines.back().repetitions;
    } else {
      lines.push_back({&spec, 1});
    }
  }
  std::vector<std::vector<std::string>> rows{
      {"problem", "optimizer", "searched", "repetitions", "budget", "batch size"}};
  for (const line& each : lines) {
    const trial_spec& spec = *each.first;
    rows.push_back(
        {spec.problem.label, spec.optimizer.label, spec.point.empty() ? "-" : to_string(spec.point),
         count_text(each.repetitions),
         fmt::format("{} {}", cost_text(spec.train.budget.count), to_string(spec.train.budget.unit)),
         batch_text(spec)});
  }
  return fmt::format("{}: {}{}\n\n{}{}", experiment.name, counted(experiment.trials.size(), "trial"),
                     tuning_text(experiment), text_table(rows), data_text(experiment));
}

}  // namespace ravine::cli
