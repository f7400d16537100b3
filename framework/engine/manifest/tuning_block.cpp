#include "manifest/tuning_block.hpp"

#include "manifest/block.hpp"
#include "trial/trial_result.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

using method = search_method::kind;

constexpr std::int64_t most_trials = 100'000;

const std::vector<std::string>& metrics() {
  static const std::vector<std::string> names{"validation_loss", "validation_accuracy", "train_loss", "loss"};
  return names;
}

std::optional<method> read_method(const yaml_value& value, diagnostics& errors) {
  static const std::array<std::pair<std::string, method>, 3> methods{
      {{"grid", method::grid}, {"random", method::random}, {"sobol", method::sobol}}};
  for (const auto& [name, meant] : methods) {
    if (value.is_scalar() && value.text == name) return meant;
  }
  expected(value, "tuning.method", "grid, random or sobol", errors);
  return std::nullopt;
}

void read_metric(const yaml_value& value, tuning_draft& tuning, diagnostics& errors) {
  const auto name = read_text(value, "tuning.metric", errors);
  if (!name) return;
  if (name->starts_with("test_")) {
    errors.add(value.at,
               fmt::format("tuning.metric: {} is reported, and nothing may be chosen by it; expected a "
                           "validation metric",
                           *name));
  } else if (std::ranges::find(metrics(), *name) == metrics().end()) {
    errors.add(value.at,
               fmt::format("tuning.metric: there is no metric {}{}", *name, did_you_mean(*name, metrics())));
  } else {
    tuning.metric = *name;
  }
}

constexpr std::int64_t largest_factor = 100;
constexpr std::int64_t most_rungs = 20;

std::uint64_t read_or(const yaml_value* value, std::uint64_t usual, const char* name, integer_range range,
                      diagnostics& errors) {
  if (value == nullptr) return usual;
  const auto number = read_integer(*value, name, range, errors);
  return number ? static_cast<std::uint64_t>(*number) : usual;
}

std::optional<halving> read_halving(const yaml_value& value, diagnostics& errors) {
  const block in(value, "tuning.stop_early", {"factor", "rungs"}, errors);
  if (!in.valid()) return std::nullopt;
  halving how;
  how.factor = read_or(in["factor"], how.factor, "tuning.stop_early.factor", {2, largest_factor}, errors);
  how.rungs = read_or(in["rungs"], how.rungs, "tuning.stop_early.rungs", {1, most_rungs}, errors);
  return how;
}

}  // namespace

std::optional<tuning_draft> read_tuning(const yaml_value& value, diagnostics& errors) {
  const block in(value, "tuning", {"method", "trials", "metric", "stop_early"}, errors);
  if (!in.valid()) return std::nullopt;
  tuning_draft tuning{.search = {}, .metric = metrics().front(), .at = value.at};
  if (const yaml_value* name = in["method"]) {
    const auto read = read_method(*name, errors);
    if (!read) return std::nullopt;
    tuning.search.by = *read;
  }
  if (const yaml_value* metric = in["metric"]) read_metric(*metric, tuning, errors);
  if (const yaml_value* early = in["stop_early"]) tuning.stop_early = read_halving(*early, errors);
  const yaml_value* const trials = in["trials"];
  if (tuning.search.by == method::grid) {
    if (trials != nullptr)
      errors.add(trials->at, "tuning.trials: a grid has as many trials as it has points; leave it out");
    return tuning;
  }
  if (trials == nullptr) {
    errors.add(value.at,
               "tuning: trials is missing, the number of points to try for each optimizer: trials: 12");
    return std::nullopt;
  }
  const auto count = read_integer(*trials, "tuning.trials", {1, most_trials}, errors);
  if (!count) return std::nullopt;
  tuning.search.trials = static_cast<std::uint64_t>(*count);
  return tuning;
}

}  // namespace ravine
