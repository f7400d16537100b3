#include "explore/manifest_request.hpp"

#include "experiment/manifest.hpp"
#include "explore/jobs.hpp"

#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {

plan plan_of_request(const nlohmann::json& request, const registry& plugins, std::size_t most_trials,
                     const limits_spec& limits) {
  if (!request.contains("manifest") || !request["manifest"].is_string()) {
    throw request_error("manifest: found no text, expected a manifest as for ravine run");
  }
  plan wanted;
  try {
    wanted = parse_manifest(request["manifest"].get<std::string>(), "manifest", {}, plugins);
  } catch (const manifest_error& problem) {
    throw request_error(problem.what());
  } catch (const plugin_error& problem) {
    throw request_error(problem.what());
  }
  if (!wanted.tuning_metric.empty()) {
    throw request_error("tuning: it is not for the live page; run the manifest with ravine run");
  }
  if (wanted.trials.empty() || wanted.trials.size() > most_trials) {
    throw request_error(
        fmt::format("the manifest has {} trials, expected 1 to {}", wanted.trials.size(), most_trials));
  }
  for (planned_trial& each : wanted.trials) each.spec.limits = limits;
  return wanted;
}

}  // namespace ravine
