#include "explore/jobs.hpp"
#include "explore/request.hpp"
#include "process/resources.hpp"
#include "process/sandbox.hpp"
#include "report/landscape_image.hpp"
#include "report/short_numbers.hpp"
#include "run/worker_executor.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr double image_seconds = 5;
constexpr int place_digits = 9;  // of a page that can be zoomed a thousandfold

/// Keeps what comes of each trial.
class collector : public run_listener {
 public:
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial& trial, const trial_result& result) override {
    results_[trial.hash] = result;
  }
  command next() override { return command::go_on; }

  const trial_result& of(const planned_trial& trial) { return results_[trial.hash]; }

 private:
  std::map<std::string, trial_result> results_;
};

/// The learning rate at each evaluation; null of an optimizer that has none.
json rates_json(const trial_result& result) {
  constexpr const char* rate = "value.lr";
  std::vector<double> steps, rates;
  for (const evaluation& each : result.evaluations) {
    const auto found = each.metrics.find(rate);
    if (found == each.metrics.end()) continue;
    steps.push_back(static_cast<double>(each.at.steps));
    rates.push_back(found->second);
  }
  if (rates.empty()) return nullptr;
  return {{"step", short_numbers(steps)}, {"lr", short_numbers(rates)}};
}

json path_json(const planned_trial& trial, const trial_result& result) {
  json path{{"label", trial.spec.optimizer.label},
            {"status", to_string(result.status)},
            {"reason", result.reason},
            {"steps", result.spent.steps},
            {"evaluations", result.spent.evaluations},
            {"step", result.path.steps},
            {"loss", short_numbers(result.path.losses)},
            {"rates", rates_json(result)},
            {"x", json::array()},
            {"y", json::array()}};
  if (result.path.dimension != 2) return path;
  std::array<std::vector<double>, 2> places;
  for (std::size_t i = 0; i < result.path.points.size(); ++i) {
    places.at(i % 2).push_back(result.path.points[i]);
  }
  path["x"] = short_numbers(places[0], place_digits);
  path["y"] = short_numbers(places[1], place_digits);
  return path;
}

json image_json(const trace_request& asked, const registry& plugins) {
  const std::string text = in_sandbox(
      [&] {
        const auto drawn = draw_landscape(asked.wanted.trials[0].spec, plugins, *asked.cells, asked.frame);
        return drawn ? to_json(*drawn).dump() : std::string("null");
      },
      image_seconds);
  return json::parse(text);
}

}  // namespace

json trace_job(const json& request, const registry& plugins) {
  const trace_request asked = read_trace_request(request, plugins);
  const std::vector<planned_trial> trials = asked.wanted.trials.slice(0, asked.wanted.trials.size());
  json answer{{"paths", json::array()}};
  if (asked.cells) answer["image"] = image_json(asked, plugins);
  collector seen;
  worker_executor executor(plugins, granted_resources().cores);
  executor.run(asked.wanted.trials, seen);
  for (const planned_trial& each : trials) answer["paths"].push_back(path_json(each, seen.of(each)));
  return answer;
}

}  // namespace ravine
