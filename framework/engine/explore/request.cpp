#include "explore/request.hpp"

#include "explore/jobs.hpp"
#include "manifest/manifest.hpp"

#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr std::size_t most_traced = 12;
constexpr double most_steps = 100'000;
constexpr limits_spec trace_limits{.seconds = 5, .memory = std::uint64_t{1} << 30U};

constexpr std::size_t most_trained = 8;
constexpr std::size_t most_searched = 400;  // trials of a manifest with tuning
constexpr double most_epochs = 200;
constexpr limits_spec train_limits{.seconds = 3600, .memory = std::uint64_t{4} << 30U};

plan read_plan(const json& request, const registry& plugins, std::size_t most_trials,
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
  if (wanted.trials.empty() || wanted.trials.size() > most_trials) {
    throw request_error(
        fmt::format("the manifest has {} trials, expected 1 to {}", wanted.trials.size(), most_trials));
  }
  wanted.trials.set_limits(limits);
  return wanted;
}

void check_traced(const plan& wanted) {
  if (!wanted.tuning_metric.empty()) {
    throw request_error("tuning: paths are drawn of given hyperparameters; run the manifest with ravine run");
  }
  const trial_spec& first = wanted.trials[0].spec;
  for (const planned_trial& each : wanted.trials) {
    const trial_spec& spec = each.spec;
    if (spec.problem.data) throw request_error("a model of data has no image; the training tab runs it");
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

double finite_number(const json& value, const char* name) {
  if (!value.is_number() || !std::isfinite(value.get<double>()) || std::abs(value.get<double>()) > 1e100) {
    throw request_error(fmt::format("{}: found {}, expected a number", name, value.dump()));
  }
  return value.get<double>();
}

std::optional<image_frame> read_frame(const json& request) {
  if (!request.contains("frame") || request["frame"].is_null()) return std::nullopt;
  const json& written = request["frame"];
  image_frame frame{};
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

std::optional<std::size_t> read_cells(const json& request) {
  constexpr std::int64_t least = 8;
  constexpr std::int64_t most = 256;
  if (!request.contains("cells")) return std::nullopt;
  const json& cells = request["cells"];
  if (!cells.is_number_integer() || cells.get<std::int64_t>() < least || cells.get<std::int64_t>() > most) {
    throw request_error(fmt::format("cells: found {}, expected {} to {}", cells.dump(), least, most));
  }
  return cells.get<std::size_t>();
}

}  // namespace

trace_request read_trace_request(const json& request, const registry& plugins) {
  trace_request read{read_plan(request, plugins, most_traced, trace_limits), read_cells(request),
                     std::nullopt};
  check_traced(read.wanted);
  if (read.cells) read.frame = read_frame(request);
  return read;
}

plan read_train_request(const json& request, const registry& plugins) {
  plan wanted = read_plan(request, plugins, most_searched, train_limits);
  if (wanted.tuning_metric.empty() && wanted.trials.size() > most_trained) {
    throw request_error(
        fmt::format("the manifest has {} trials, expected 1 to {}", wanted.trials.size(), most_trained));
  }
  for (const planned_trial& each : wanted.trials) {
    const amount& budget = each.spec.train.budget;
    if (!each.spec.problem.data) throw request_error("a landscape is explored on the landscape tab");
    if (budget.unit != cost_unit::epochs || budget.count > most_epochs) {
      throw request_error(fmt::format("train: found {} {}, expected at most {} epochs", budget.count,
                                      to_string(budget.unit), most_epochs));
    }
  }
  return wanted;
}

}  // namespace ravine
