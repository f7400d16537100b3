#include "manifest/schedules.hpp"

#include "manifest/block.hpp"
#include "manifest/length.hpp"
#include "manifest/options.hpp"
#include "manifest/use.hpp"

#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

schedule_unit read_unit(const yaml_value& value, const std::string& name, diagnostics& errors) {
  if (value.is_scalar() && value.text == "epoch") return schedule_unit::epoch;
  if (!value.is_scalar() || value.text != "step") expected(value, name, "step or epoch", errors);
  return schedule_unit::step;
}

class reader {
 public:
  reader(const registry& plugins, diagnostics& errors) : plugins_(plugins), found_(errors) {}

  std::vector<schedule_stage> stages(const yaml_value& value, const std::string& name) {
    std::vector<schedule_stage> all;
    if (value.type != yaml_value::kind::list) {
      add_stage(value, name, all);
      return all;
    }
    const auto* const items = read_list(value, name, found_);
    for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
      const yaml_value& item = (*items)[i];
      const std::string stage = fmt::format("{}[{}]", name, i);
      add_stage(item, stage, all);
      if (i + 1 < items->size() && item.type == yaml_value::kind::block && item.find("for") == nullptr) {
        found_.add(item.at,
                   stage + ": for is missing, which says when the next schedule begins: for: {epochs: 1}");
      }
    }
    return all;
  }

  const std::vector<place>& epochs() const { return epochs_; }

 private:
  void add_stage(const yaml_value& value, const std::string& name, std::vector<schedule_stage>& all) {
    const component* const which = read_component(value, name, component_kind::scheduler, plugins_, found_);
    const auto declared = which == nullptr ? std::vector<option>{} : options_of(*which);
    const block in(value, name, {"use", "with", "for", "by"}, found_, names_of(declared));
    if (!in.valid()) return;
    schedule_stage stage;
    if (const yaml_value* length = in["for"]) {
      if (const auto read = read_length(*length, name + ".for", found_)) {
        stage.length = read->value;
        if (read->value.unit == cost_unit::epochs) epochs_.push_back(read->at);
      }
    }
    if (const yaml_value* by = in["by"]) {
      stage.unit = read_unit(*by, name + ".by", found_);
      if (stage.unit == schedule_unit::epoch) epochs_.push_back(by->at);
    }
    if (which == nullptr) return;
    const settings with =
        read_options(in["with"], name + ".with", declared, search_use::refused, found_).fixed;
    stage.scheduler = {which->id, which->complete(with), which->file->sha256};
    all.push_back(std::move(stage));
  }

  const registry& plugins_;
  diagnostics& found_;
  std::vector<place> epochs_;
};

}  // namespace

std::vector<schedule_stage> read_stages(const yaml_value& value, const std::string& name,
                                        const registry& plugins, diagnostics& errors) {
  return reader(plugins, errors).stages(value, name);
}

schedule_block read_schedules(const yaml_value& value, const std::string& name, const component& optimizer,
                              const registry& plugins, diagnostics& errors) {
  std::vector<std::string> schedulable;
  for (const hyperparameter& each : optimizer.hyperparameters) {
    if (each.schedulable) schedulable.push_back(each.name);
  }
  reader read(plugins, errors);
  schedule_block all;
  // A hyperparameter that is there but fixed is worth another word than an unknown one.
  std::vector<std::string> keys = names_of(options_of(optimizer));
  const block in(value, name, std::move(keys), errors);
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    const std::string& key = value.keys[i].text;
    const hyperparameter* const scheduled = optimizer.find_hyperparameter(key);
    if (scheduled == nullptr || in[key] != &value.items[i]) continue;
    if (!scheduled->schedulable) {
      errors.add(value.keys[i].at, fmt::format("{}.{}: {} is fixed from the start of a trial{}", name, key,
                                               key, did_you_mean(key, schedulable)));
      continue;
    }
    all.stages[key] = read.stages(value.items[i], fmt::format("{}.{}", name, key));
  }
  all.epochs = read.epochs();
  return all;
}

}  // namespace ravine
