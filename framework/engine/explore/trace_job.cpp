#include "explore/jobs.hpp"
#include "explore/request.hpp"
#include "plugin/registry.hpp"
#include "process/resources.hpp"
#include "process/sandbox.hpp"
#include "report/landscape_image.hpp"
#include "report/short_numbers.hpp"
#include "run/worker_executor.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
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

/// The file that is used instead of the one that hides it; empty: the usual one.
std::string build_of(const json& request) {
  const auto file = request.find("build");
  if (file == request.end() || file->is_null()) return "";
  if (!file->is_string()) throw request_error(fmt::format("build: found {}, expected a file", file->dump()));
  return file->get<std::string>();
}

}  // namespace

/// Plugins, and workers that have loaded them.
class tracer::build {
 public:
  explicit build(const registry& plugins) : plugins_(&plugins), by_(plugins, granted_resources().cores) {}
  explicit build(std::unique_ptr<registry> own)
      : own_(std::move(own)), plugins_(own_.get()), by_(*own_, granted_resources().cores) {}

  json answer(const json& request) {
    const trace_request asked = read_trace_request(request, *plugins_);
    json answer{{"paths", json::array()}};
    if (asked.cells) answer["image"] = image_json(asked, *plugins_);
    collector seen;
    by_.run(asked.wanted.trials, seen);
    for (const planned_trial& each : asked.wanted.trials) {
      answer["paths"].push_back(path_json(each, seen.of(each)));
    }
    return answer;
  }

 private:
  std::unique_ptr<registry> own_;
  const registry* plugins_;
  worker_executor by_;
};

tracer::tracer(const registry& plugins) : plugins_(plugins), usual_(std::make_unique<build>(plugins)) {}

tracer::~tracer() = default;

/// Of files that the page has from the catalog, and of no others.
tracer::build& tracer::hidden_build(const std::string& file) {
  std::unique_ptr<build>& found = hidden_[file];
  if (found) return *found;
  const bool is_known = std::ranges::any_of(
      plugins_.shadowed(), [&](const shadowed_component& each) { return each.path == file; });
  if (!is_known) {
    hidden_.erase(file);
    throw request_error(fmt::format("build: {} is no plugin that another one hides", file));
  }
  auto others = std::make_unique<registry>();
  others->load(file);
  for (const std::filesystem::path& folder : plugins_.folders()) others->scan(folder);
  found = std::make_unique<build>(std::move(others));
  return *found;
}

json tracer::answer(const json& request) {
  const std::string file = build_of(request);
  return (file.empty() ? *usual_ : hidden_build(file)).answer(request);
}

}  // namespace ravine
