#include "plugin/configuration.hpp"
#include "plugin/functions.hpp"
#include "plugin/host.hpp"
#include "plugin/task.hpp"
#include "validate/check.hpp"
#include "validate/model_rig.hpp"
#include "validate/numbers.hpp"
#include "validate/optimizer_rig.hpp"
#include "validate/workout.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

/// Beyond this a list or a count costs more than a check should.
constexpr double most = 64;

bool accepts(const hyperparameter& declared, const setting& value) {
  try {
    declared.check(value);
    return true;
  } catch (const plugin_error&) {
    return false;
  }
}

std::vector<setting> reals(const hyperparameter& declared) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<setting> values;
  for (const double value :
       {declared.minimum, std::nextafter(declared.minimum, infinity), declared.maximum,
        std::nextafter(declared.maximum, -infinity), declared.search_low, declared.search_high, 0.0, 1.0,
        -1.0, 1e-300, 1e-30, 1e30, 1e300, std::midpoint(declared.search_low, declared.search_high)}) {
    values.emplace_back(value);
  }
  return values;
}

std::vector<setting> integers(const hyperparameter& declared) {
  std::vector<setting> values;
  const double low = std::max(declared.minimum, -most), high = std::min(declared.maximum, most);
  for (const double value : {low, low + 1, std::round(std::midpoint(low, high)), high}) {
    values.emplace_back(static_cast<std::int64_t>(value));
  }
  return values;
}

std::vector<setting> lists(const hyperparameter& declared) {
  const auto low = static_cast<std::int64_t>(std::max(declared.minimum, 1.0));
  using list = std::vector<std::int64_t>;
  return {list{}, list{low}, list{low, low + 1}, list{low + 4, low, low + 2, low, low}};
}

/// Values worth trying; those that the declaration does not allow are left out.
std::vector<setting> candidates(const hyperparameter& declared) {
  std::vector<setting> values;
  switch (declared.type) {
    case hyperparameter_type::real:
      values = reals(declared);
      break;
    case hyperparameter_type::integer:
      values = integers(declared);
      break;
    case hyperparameter_type::boolean:
      values = {true, false};
      break;
    case hyperparameter_type::choice:
      for (const std::string& each : declared.choices) values.emplace_back(each);
      break;
    case hyperparameter_type::integer_list:
      values = lists(declared);
      break;
    case hyperparameter_type::file:
      break;  // what users name can't be guessed
  }
  std::erase_if(values, [&](const setting& each) { return !accepts(declared, each); });
  return values;
}

rv_status create_and_destroy(const component& which, const settings& with) {
  const configuration config(which, with);
  void* self = nullptr;
  const auto finish = [&](rv_status status, void (*destroy)(void*)) {
    if (status == RV_OK) destroy(self);
    return status;
  };
  if (which.kind == component_kind::optimizer) {
    const auto& table = *static_cast<const rv_optimizer*>(functions_of(which));
    const sample_layout layout(RV_F64, 24);
    return finish(table.create(plugin_host(), layout.raw(), config.raw(), &self), table.destroy);
  }
  if (which.kind == component_kind::scheduler) {
    const auto& table = *static_cast<const rv_scheduler*>(functions_of(which));
    return finish(table.create(plugin_host(), config.raw(), &self), table.destroy);
  }
  const auto& table = *static_cast<const rv_model*>(functions_of(which));
  if (which.can(RV_MODEL_LANDSCAPE)) {
    return finish(table.create(plugin_host(), nullptr, config.raw(), RV_F64, &self), table.destroy);
  }
  const sample_data images{.shape = {28, 28}, .classes = predicts_numbers(which) ? 1 : sample_classes};
  const rv_data_spec data = images.spec();
  return finish(table.create(plugin_host(), &data, config.raw(), RV_F64, &self), table.destroy);
}

/// An instance works with the settings, or refuses them and says why.
void try_settings(const component& which, const settings& with) {
  take_plugin_error();
  const rv_status status = create_and_destroy(which, with);
  if (status != RV_OK) {
    if (take_plugin_error().empty()) {
      throw check_failed(
          fmt::format("create answered {} and gave no reason, with {}", status, to_string(with)));
    }
    return;
  }
  try {
    const auto instance = begin_workout(which, RV_F64, with);
    instance->advance(1);
    instance->advance(1);
  } catch (const plugin_error&) {
    return;  // an answer, and with words: the step's status was checked
  }
}

void works_within_its_ranges(const subject& it) {
  const component& which = *it.which;
  if (which.hyperparameters.empty()) throw not_applicable("it has no hyperparameters");
  std::vector<std::vector<setting>> values;
  for (const hyperparameter& declared : which.hyperparameters) {
    values.push_back(candidates(declared));
    for (const setting& value : values.back()) try_settings(which, {{declared.name, value}});
  }
  constexpr std::uint64_t combinations = 20;
  for (std::uint64_t k = 0; k < combinations; ++k) {
    settings drawn;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].empty()) continue;
      const double share = (number_at(k, i) + 1) / 2;
      drawn[which.hyperparameters[i].name] =
          values[i][static_cast<std::size_t>(share * static_cast<double>(values[i].size()))];
    }
    try_settings(which, drawn);
  }
}

}  // namespace

std::span<const check> hyperparameter_checks() {
  static constexpr std::array checks{
      check{"within_ranges", "any values within the declared ranges work, or are refused with a reason",
            "narrow the range, or answer RV_BAD_CONFIG after set_error (C++: throw ravine::bad_config)",
            works_within_its_ranges},
  };
  return checks;
}

}  // namespace ravine
