#include "explore/plugin_catalog.hpp"

#include "core/settings_json.hpp"
#include "data/data_source.hpp"

#include <ravine/abi.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

std::string_view name_of(hyperparameter_type type) {
  switch (type) {
    case hyperparameter_type::real:
      return "real";
    case hyperparameter_type::integer:
      return "integer";
    case hyperparameter_type::boolean:
      return "boolean";
    case hyperparameter_type::choice:
      return "choice";
    case hyperparameter_type::integer_list:
      return "integer_list";
    case hyperparameter_type::file:
      return "file";
  }
  return "";
}

std::string_view name_of(search_scale scale) {
  switch (scale) {
    case search_scale::none:
      return "none";
    case search_scale::linear:
      return "linear";
    case search_scale::log:
      return "log";
    case search_scale::log_one_minus:
      return "log_one_minus";
  }
  return "";
}

json as_json(const hyperparameter& each) {
  return {{"name", each.name},
          {"doc", each.doc},
          {"type", name_of(each.type)},
          {"default", settings_to_json({{each.name, each.default_value}})[each.name]},
          {"minimum", each.minimum},  // null: none
          {"maximum", each.maximum},
          {"open_below", each.open_below},
          {"open_above", each.open_above},
          {"range", each.range()},
          {"search", each.scale == search_scale::none ? json() : json{each.search_low, each.search_high}},
          {"scale", name_of(each.scale)},
          {"choices", each.choices},
          {"schedulable", each.schedulable}};
}

json as_json(const component& which) {
  json all{{"id", which.id},
           {"summary", which.summary},
           {"reference", which.reference},
           {"doc", which.doc},
           {"file", which.file->path.filename().string()},
           {"sha256", which.file->sha256},
           {"hyperparameters", json::array()}};
  for (const hyperparameter& each : which.hyperparameters) all["hyperparameters"].push_back(as_json(each));
  if (which.kind == component_kind::optimizer) {
    all["wraps"] = which.can(RV_OPTIMIZER_WRAPS);
    all["may_wrap"] = which.can(RV_OPTIMIZER_MAY_WRAP);
  }
  if (which.kind == component_kind::model) all["is_landscape"] = which.can(RV_MODEL_LANDSCAPE);
  if (which.kind == component_kind::scheduler) all["follows_metric"] = which.can(RV_SCHEDULER_OBSERVES);
  return all;
}

/// Like data sources that need options, these are not for a page without fields for paths.
bool needs_file(const component& which) {
  return std::ranges::find(which.hyperparameters, hyperparameter_type::file, &hyperparameter::type) !=
         which.hyperparameters.end();
}

/// The files that offer it and differ: first the one that is used, then those that it hides.
json builds_json(const registry& plugins, const component& which) {
  json builds = json::array({which.file->path.string()});
  for (const shadowed_component& each : plugins.shadowed()) {
    const bool is_other = each.kind == which.kind && each.id == which.id && !each.is_alike;
    if (is_other) builds.push_back(each.path.string());
  }
  return builds;
}

json all_of(const registry& plugins, component_kind kind) {
  json all = json::array();
  for (const component* each : plugins.all(kind)) {
    if (needs_file(*each)) continue;
    all.push_back(as_json(*each));
    if (kind == component_kind::optimizer) all.back()["builds"] = builds_json(plugins, *each);
  }
  return all;
}

}  // namespace

json plugin_catalog(const registry& plugins) {
  json rejected = json::array();
  for (const rejected_plugin& each : plugins.rejected()) {
    rejected.push_back({{"file", each.path.string()}, {"reason", each.reason}});
  }
  json data = json::array();
  for (const data_source& each : data_sources()) {
    const bool needs_options = std::ranges::any_of(each.options, [](const data_option& option) {
      return option.default_value == setting(std::string());
    });
    if (!needs_options) data.push_back({{"name", each.name}, {"summary", each.summary}});
  }
  return {{"data", std::move(data)},
          {"optimizers", all_of(plugins, component_kind::optimizer)},
          {"schedulers", all_of(plugins, component_kind::scheduler)},
          {"models", all_of(plugins, component_kind::model)},
          {"rejected", std::move(rejected)}};
}

}  // namespace ravine
