#include "manifest/stand_ins.hpp"

#include "trial/trial_spec.hpp"

#include <algorithm>
#include <string>

namespace ravine {
namespace {

bool schedules_by(const optimizer_spec& rule, const std::string& scheduler) {
  return std::ranges::any_of(rule.schedules, [&](const auto& each) {
    return std::ranges::any_of(each.second,
                               [&](const schedule_stage& stage) { return stage.scheduler.use == scheduler; });
  });
}

/// Whether the rule, any that it works around or a group is that optimizer or has that scheduler.
bool uses(const optimizer_spec& rule, const component& which) {
  bool found = false;
  for_each_optimizer(rule, [&](const optimizer_spec& each) {
    found = found || (which.kind == component_kind::optimizer ? each.optimizer.use == which.id
                                                              : schedules_by(each, which.id));
  });
  return found;
}

bool uses(const trial_spec& spec, const component& which) {
  return which.kind == component_kind::model ? spec.problem.model.use == which.id
                                             : uses(spec.optimizer, which);
}

}  // namespace

std::vector<stand_in> stand_ins_of(const trial_list& trials, const registry& plugins) {
  std::vector<stand_in> found;
  if (plugins.shadowed().empty()) return found;
  const std::vector<planned_trial> configurations = trials.configurations();
  for (const component* const which : plugins.shadowing()) {
    const bool is_in_use = std::ranges::any_of(
        configurations, [&](const planned_trial& each) { return uses(each.spec, *which); });
    if (!is_in_use) continue;
    const shadowed_component& hidden = *plugins.shadowed_by(*which);
    found.push_back({.kind = std::string(word_for(*which)),
                     .id = which->id,
                     .file = which->file->path.string(),
                     .sha256 = which->file->sha256,
                     .hidden = hidden.path.string(),
                     .hides_shipped = hidden.is_shipped});
  }
  return found;
}

}  // namespace ravine
