#include "explore/jobs.hpp"
#include "explore/manifest_request.hpp"
#include "report/landscape_picture.hpp"
#include "report/short_numbers.hpp"
#include "run/sandbox.hpp"
#include "run/worker_executor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr std::size_t most_trials = 12;
constexpr double most_steps = 100'000;
constexpr limits_spec limits{.seconds = 5, .memory = std::uint64_t{1} << 30U};

void check_problem(const plan& wanted) {
  const trial_spec& first = wanted.trials[0].spec;
  for (const planned_trial& each : wanted.trials) {
    const trial_spec& spec = each.spec;
    if (spec.problem.data) throw request_error("a model of data has no picture; the training tab runs it");
    if (spec.problem.label != first.problem.label || spec.repetition != first.repetition) {
      throw request_error("one problem with one repetition can be explored at a time");
    }
    const amount& budget = spec.train.budget;
    if ((budget.unit != cost_unit::steps && budget.unit != cost_unit::evaluations) ||
        budget.count > most_steps) {
      throw request_error(fmt::format("train: found {} {}, expected at most {} steps or evaluations",
                                      budget.count, to_string(budget.unit), most_steps));
    }
  }
}

/// Keeps what comes of each trial.
class collector : public run_listener {
 public:
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial& trial, const trial_result& result) override {
    results_[trial.hash] = result;
  }
  wish next() override { return wish::go_on; }

  const trial_result& of(const planned_trial& trial) { return results_[trial.hash]; }

 private:
  std::map<std::string, trial_result> results_;
};

json path_json(const planned_trial& trial, const trial_result& result) {
  json path{{"label", trial.spec.optimizer.label},
            {"status", to_string(result.status)},
            {"reason", result.reason},
            {"steps", result.spent.steps},
            {"evaluations", result.spent.evaluations},
            {"step", result.path.steps},
            {"loss", short_numbers(result.path.losses)},
            {"x", json::array()},
            {"y", json::array()}};
  if (result.path.dimension != 2) return path;
  std::array<std::vector<double>, 2> places;
  for (std::size_t i = 0; i < result.path.points.size(); ++i) {
    places.at(i % 2).push_back(result.path.points[i]);
  }
  path["x"] = short_numbers(places[0]);
  path["y"] = short_numbers(places[1]);
  return path;
}

double finite_number(const json& value, const char* name) {
  if (!value.is_number() || !std::isfinite(value.get<double>()) || std::abs(value.get<double>()) > 1e100) {
    throw request_error(fmt::format("{}: found {}, expected a number", name, value.dump()));
  }
  return value.get<double>();
}

std::optional<picture_frame> read_frame(const json& request) {
  if (!request.contains("frame") || request["frame"].is_null()) return std::nullopt;
  const json& written = request["frame"];
  picture_frame frame{};
  for (const char* end : {"lower", "upper"}) {
    if (!written.is_object() || !written.contains(end) || !written[end].is_array() ||
        written[end].size() != 2) {
      throw request_error("frame: expected {\"lower\": [x, y], \"upper\": [x, y]}");
    }
    auto& corner = end[0] == 'l' ? frame.lower : frame.upper;
    for (const std::size_t axis : {0U, 1U}) corner.at(axis) = finite_number(written[end][axis], "frame");
  }
  for (const std::size_t axis : {0U, 1U}) {
    if (!(frame.lower.at(axis) < frame.upper.at(axis))) {
      throw request_error("frame: expected lower to be less than upper");
    }
  }
  return frame;
}

json picture_json(const json& request, const trial_spec& spec, const registry& plugins) {
  constexpr std::int64_t least = 8;
  constexpr std::int64_t most = 256;
  const json& cells = request["cells"];
  if (!cells.is_number_integer() || cells.get<std::int64_t>() < least || cells.get<std::int64_t>() > most) {
    throw request_error(fmt::format("cells: found {}, expected {} to {}", cells.dump(), least, most));
  }
  const auto frame = read_frame(request);
  const std::string text = in_sandbox(
      [&] {
        const auto drawn = draw_landscape(spec, plugins, cells.get<std::size_t>(), frame);
        return drawn ? to_json(*drawn).dump() : std::string("null");
      },
      limits.seconds);
  return json::parse(text);
}

}  // namespace

json trace_job(const json& request, const registry& plugins) {
  const plan wanted = plan_of_request(request, plugins, most_trials, limits);
  check_problem(wanted);
  json answer{{"paths", json::array()}};
  if (request.contains("cells")) answer["picture"] = picture_json(request, wanted.trials[0].spec, plugins);
  collector seen;
  worker_executor executor(plugins, std::max(1U, std::thread::hardware_concurrency()));
  executor.run(wanted.trials, seen);
  for (const planned_trial& each : wanted.trials) answer["paths"].push_back(path_json(each, seen.of(each)));
  return answer;
}

}  // namespace ravine
