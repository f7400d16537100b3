#include "manifest/schedules.hpp"

#include "core/nearest.hpp"
#include "manifest/block.hpp"
#include "manifest/length.hpp"
#include "manifest/options.hpp"
#include "manifest/use.hpp"

#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

class reader {
 public:
  reader(const registry& plugins, diagnostics& errors) : plugins_(plugins), errors_(errors) {}

  std::vector<schedule_stage> stages(const yaml_value& value, const std::string& name) {
    std::vector<schedule_stage> all;
    if (value.type != yaml_value::kind::list) {
      add_stage(value, name, all);
      return all;
    }
    const auto* const items = read_list(value, name, grammar::optimizer.at("schedule").value, errors_);
    for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
      const yaml_value& item = (*items)[i];
      const std::string stage = fmt::format("{}[{}]", name, i);
      add_stage(item, stage, all);
      if (i + 1 < items->size() && item.type == yaml_value::kind::block && item.find("for") == nullptr) {
        errors_.add(item.at,
                    stage + ": for is missing, which says when the next schedule begins: for: {epochs: 1}");
      }
    }
    return all;
  }

  const std::vector<place>& epochs() const { return epochs_; }

 private:
  void add_stage(const yaml_value& value, const std::string& name, std::vector<schedule_stage>& all) {
    const component* const which = read_component(value, name, component_kind::scheduler, plugins_, errors_);
    const auto declared = which == nullptr ? std::vector<option>{} : options_of(*which);
    const block in(value, name, grammar::stage, errors_, names_of(declared));
    if (!in.valid()) return;
    schedule_stage stage;
    if (const auto length = read_length(in, "for")) {
      stage.length = length->value;
      if (length->value.unit == cost_unit::epochs) epochs_.push_back(length->at);
    }
    stage.unit = in.word("by", schedule_units).value();
    if (stage.unit == schedule_unit::epoch) epochs_.push_back(in["by"]->at);
    if (which == nullptr) return;
    stage.scheduler = {which->id, which->complete(read_options(in, declared).fixed), which->file->sha256};
    all.push_back(std::move(stage));
  }

  const registry& plugins_;
  diagnostics& errors_;
  std::vector<place> epochs_;
};

}  // namespace

std::vector<schedule_stage> read_stages(const yaml_value& value, const std::string& name,
                                        const registry& plugins, diagnostics& errors) {
  return reader(plugins, errors).stages(value, name);
}

schedule_block read_schedules(const yaml_value& schedules, const std::string& name,
                              const component& optimizer, const registry& plugins, diagnostics& errors) {
  std::vector<std::string> schedulable;
  for (const hyperparameter& each : optimizer.hyperparameters) {
    if (each.schedulable) schedulable.push_back(each.name);
  }
  reader read(plugins, errors);
  schedule_block all;
  // A hyperparameter that is there but fixed is worth another word than an unknown one.
  for (const auto& [key, value] : read_entries(schedules, name, names_of(options_of(optimizer)), errors)) {
    if (!optimizer.find_hyperparameter(key->text)->schedulable) {
      errors.add(key->at, fmt::format("{}.{}: {} is fixed from the start of a trial{}", name, key->text,
                                      key->text, expected_name(key->text, schedulable)));
      continue;
    }
    all.stages[key->text] = read.stages(*value, fmt::format("{}.{}", name, key->text));
  }
  all.epochs = read.epochs();
  return all;
}

}  // namespace ravine
