#include "plugin/description_rules.hpp"
#include "plugin/library.hpp"
#include "plugin/release.hpp"

#include <cmath>
#include <cstring>
#include <string>

#include <fmt/format.h>

namespace ravine {
namespace {

template <class Struct>
void check_size(const Struct* described, const std::string& place) {
  if (described == nullptr) refuse(place, "is NULL");
  if (!is_long_enough(*described)) {
    refuse(place, fmt::format("struct_size is {}, release 1.0 has {}; set it to sizeof",
                              described->struct_size, size_in_1_0<Struct>));
  }
}

/// Endless words end here, not with the process's memory.
constexpr std::size_t longest_text = std::size_t{1} << 20U;

std::string text(const char* words, const std::string& place) {
  if (words == nullptr) refuse(place, "is NULL, expected a string");
  const std::size_t length = strnlen(words, longest_text + 1);
  if (length > longest_text) {
    refuse(place,
           fmt::format("found more than {} bytes, expected fewer and a NUL at their end", longest_text));
  }
  return {words, length};
}

std::string name(const char* words, const std::string& place) {
  std::string found = text(words, place);
  check_name(found, place);
  return found;
}

void require(const void* function, const std::string& place, std::string_view field) {
  if (function == nullptr) refuse(place, fmt::format("function {} is NULL", field));
}

setting default_of(const rv_param_info& info, const hyperparameter& declared, const std::string& place) {
  switch (declared.type) {
    case hyperparameter_type::real:
      return info.default_value;
    case hyperparameter_type::integer:
      if (!(std::abs(info.default_value) <= 0x1p53) || std::trunc(info.default_value) != info.default_value) {
        refuse(place,
               fmt::format("the default {} is no integer that a double holds exactly", info.default_value));
      }
      return static_cast<std::int64_t>(info.default_value);
    case hyperparameter_type::boolean:
      return info.default_value != 0;
    case hyperparameter_type::choice:
      if (!(info.default_value >= 0 && info.default_value < static_cast<double>(declared.choices.size()))) {
        refuse(place, "the default is not an index into its choices");
      }
      return declared.choices[static_cast<std::size_t>(info.default_value)];
    case hyperparameter_type::integer_list:
      if (info.default_list_count != 0 && info.default_list == nullptr) refuse(place, "default_list is NULL");
      return std::vector<std::int64_t>(info.default_list, info.default_list + info.default_list_count);
    case hyperparameter_type::file:
      return std::string();
  }
  return 0.0;
}

hyperparameter read_hyperparameter(const rv_param_info* info, const std::string& owner) {
  check_size(info, owner + ": a hyperparameter");
  hyperparameter read;
  read.name = name(info->name, owner + ": a hyperparameter's name");
  const std::string place = fmt::format("{}: hyperparameter {}", owner, read.name);
  read.doc = text(info->doc, place + ": doc");
  read.type = static_cast<hyperparameter_type>(info->type);
  check_type(read.type, place);
  read.schedulable = (info->flags & RV_PARAM_SCHEDULABLE) != 0 &&
                     read.type != hyperparameter_type::integer_list && read.type != hyperparameter_type::file;
  read.open_below = (info->flags & RV_PARAM_OPEN_BELOW) != 0;
  read.open_above = (info->flags & RV_PARAM_OPEN_ABOVE) != 0;
  read.minimum = info->minimum;
  read.maximum = info->maximum;
  read.scale = static_cast<search_scale>(info->search_scale);
  read.search_low = info->search_low;
  read.search_high = info->search_high;
  for (std::uint32_t i = 0; i < info->choice_count; ++i) {
    if (info->choices == nullptr) refuse(place, "choices is NULL");
    read.choices.push_back(name(info->choices[i], place + ": a choice"));
  }
  read.default_value = default_of(*info, read, place);
  check_hyperparameter(read, owner);
  return read;
}

void check_functions(const rv_component& described, const std::string& place) {
  require(described.functions, place, "table");
  if (described.kind == RV_OPTIMIZER) {
    const auto* const table = static_cast<const rv_optimizer*>(described.functions);
    check_size(table, place + ": rv_optimizer");
    require(reinterpret_cast<const void*>(table->create), place, "create");
    require(reinterpret_cast<const void*>(table->destroy), place, "destroy");
    require(reinterpret_cast<const void*>(table->state), place, "state");
    require(reinterpret_cast<const void*>(table->step), place, "step");
  } else if (described.kind == RV_SCHEDULER) {
    const auto* const table = static_cast<const rv_scheduler*>(described.functions);
    check_size(table, place + ": rv_scheduler");
    require(reinterpret_cast<const void*>(table->create), place, "create");
    require(reinterpret_cast<const void*>(table->destroy), place, "destroy");
    require(reinterpret_cast<const void*>(table->value), place, "value");
  } else {
    const auto* const table = static_cast<const rv_model*>(described.functions);
    check_size(table, place + ": rv_model");
    require(reinterpret_cast<const void*>(table->create), place, "create");
    require(reinterpret_cast<const void*>(table->destroy), place, "destroy");
    require(reinterpret_cast<const void*>(table->layout), place, "layout");
    require(reinterpret_cast<const void*>(table->init), place, "init");
    require(reinterpret_cast<const void*>(table->loss_gradient), place, "loss_gradient");
    if ((described.capabilities & RV_MODEL_LANDSCAPE) != 0) {
      require(reinterpret_cast<const void*>(table->get_extension), place, "get_extension");
    } else {
      require(reinterpret_cast<const void*>(table->predict), place, "predict");
    }
  }
}

component read_component(const rv_component* described) {
  check_size(described, "a component");
  component read{};
  read.id = text(described->id, "a component's id");
  check_id(read.id);
  read.kind = static_cast<component_kind>(described->kind);
  check_kind(read.kind, read.id);
  read.summary = text(described->summary, read.id + ": summary");
  read.reference = text(described->reference, read.id + ": reference");
  read.doc = text(described->doc, read.id + ": doc");
  read.capabilities = described->capabilities;
  for (std::uint64_t i = 0; i < described->param_count; ++i) {
    if (described->params == nullptr) refuse(read.id, "params is NULL");
    read.hyperparameters.push_back(read_hyperparameter(described->params[i], read.id));
  }
  check_functions(*described, read.id);
  return read;
}

}  // namespace

loaded_plugin read_description(const rv_plugin* described) {
  // Magic and version first: a foreign or future struct means nothing beyond them.
  if (described->magic != RV_MAGIC) {
    throw plugin_error(fmt::format("wrong magic {:#x}, expected {:#x}: {} is not Ravine's", described->magic,
                                   RV_MAGIC, RV_ENTRY_SYMBOL));
  }
  if (described->abi_major != RV_ABI_MAJOR) {
    throw plugin_error(fmt::format("it was built for ABI {}.{}, this Ravine speaks {}.{}; build it again",
                                   described->abi_major, described->abi_minor, RV_ABI_MAJOR, RV_ABI_MINOR));
  }
  check_size(described, "rv_plugin");
  loaded_plugin read;
  read.file = {.path = {},
               .sha256 = {},
               .name = text(described->name, "the plugin's name"),
               .version = text(described->version, "the plugin's version"),
               .author = text(described->author, "the plugin's author"),
               .license = text(described->license, "the plugin's license")};
  if (described->component_count != 0 && described->components == nullptr) {
    throw plugin_error("its list of components is NULL");
  }
  for (std::uint64_t i = 0; i < described->component_count; ++i) {
    read.components.push_back(read_component(described->components[i]));
    read.functions.push_back(described->components[i]->functions);
  }
  check_description(read);
  return read;
}

}  // namespace ravine
