#include "trial/trial_result.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::array<std::pair<trial_status, std::string_view>, 11> names{{
    {trial_status::completed, "completed"},
    {trial_status::reached_target, "reached target"},
    {trial_status::stopped_early, "stopped early"},
    {trial_status::diverged, "diverged"},
    {trial_status::escaped, "escaped"},
    {trial_status::failed, "failed"},
    {trial_status::crashed, "crashed"},
    {trial_status::timed_out, "timed out"},
    {trial_status::out_of_memory, "out of memory"},
    {trial_status::lost, "lost"},
    {trial_status::interrupted, "interrupted"},
}};

}  // namespace

std::string_view to_string(trial_status status) {
  return std::ranges::find(names, status, &decltype(names)::value_type::first)->second;
}

trial_status trial_status_from(std::string_view name) {
  const auto found = std::ranges::find(names, name, &decltype(names)::value_type::second);
  if (found == names.end())
    throw error(fmt::format("found the trial status {}, which does not exist", name.substr(0, 100)));
  return found->first;
}

bool is_fault(trial_status status) {
  return status == trial_status::failed || status == trial_status::crashed ||
         status == trial_status::timed_out || status == trial_status::out_of_memory ||
         status == trial_status::lost;
}

bool higher_is_better(std::string_view metric) { return metric.ends_with("accuracy"); }

bool meets(std::string_view metric, double target, double value) {
  return higher_is_better(metric) ? value >= target : value <= target;
}

bool is_of_landscape(std::string_view metric) { return metric == "loss" || metric == "gap"; }

}  // namespace ravine
