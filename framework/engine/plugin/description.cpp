#include "core/sha256.hpp"
#include "plugin/library.hpp"
#include "plugin/release.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <fmt/format.h>

namespace ravine {
namespace {

/// Refuses with the place and the fault.
[[noreturn]] void refuse(const std::string& place, const std::string& fault) {
  throw plugin_error(fmt::format("{}: {}", place, fault));
}

template <class Struct>
void check_size(const Struct* described, const std::string& place) {
  if (described == nullptr) refuse(place, "is NULL");
  if (!is_long_enough(*described)) {
    refuse(place, fmt::format("struct_size is {}, release 1.0 has {}; set it to sizeof",
                              described->struct_size, size_in_1_0<Struct>));
  }
}

std::string text(const char* words, const std::string& place) {
  if (words == nullptr) refuse(place, "is NULL, expected a string");
  return words;
}

bool is_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string name(const char* words, const std::string& place) {
  std::string found = text(words, place);
  if (!is_name(found)) refuse(place, fmt::format("found \"{}\", expected letters, digits and _", found));
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
  }
  return 0.0;
}

/// The search range must lie within the valid one and suit its scale.
void check_search(const hyperparameter& read, const std::string& place) {
  if (read.scale == search_scale::none) return;
  const double low = read.search_low, high = read.search_high;
  if (!(low < high && low >= read.minimum && high <= read.maximum)) {
    refuse(place, fmt::format("its search range {} to {} does not lie within the valid one", low, high));
  }
  if (read.scale == search_scale::log && !(low > 0)) {
    refuse(place, fmt::format("its search range starts at {}, a logarithmic one starts above 0", low));
  }
  if (read.scale == search_scale::log_one_minus && !(high < 1)) {
    refuse(place, fmt::format("its search range ends at {}, one in log (1 - x) ends below 1", high));
  }
}

hyperparameter read_hyperparameter(const rv_param_info* info, const std::string& owner) {
  check_size(info, owner + ": a hyperparameter");
  hyperparameter read;
  read.name = name(info->name, owner + ": a hyperparameter's name");
  const std::string place = fmt::format("{}: hyperparameter {}", owner, read.name);
  read.doc = text(info->doc, place + ": doc");
  if (info->type < RV_REAL || info->type > RV_INTEGER_LIST)
    refuse(place, fmt::format("unknown type {}", info->type));
  read.type = static_cast<hyperparameter_type>(info->type);
  read.schedulable =
      (info->flags & RV_PARAM_SCHEDULABLE) != 0 && read.type != hyperparameter_type::integer_list;
  read.open_below = (info->flags & RV_PARAM_OPEN_BELOW) != 0;
  read.open_above = (info->flags & RV_PARAM_OPEN_ABOVE) != 0;
  read.minimum = info->minimum;
  read.maximum = info->maximum;
  if (!(read.minimum <= read.maximum)) {
    refuse(place, fmt::format("its minimum {} is above its maximum {}", read.minimum, read.maximum));
  }
  if (info->search_scale > RV_SCALE_LOG_ONE_MINUS)
    refuse(place, fmt::format("unknown scale {}", info->search_scale));
  read.scale = static_cast<search_scale>(info->search_scale);
  read.search_low = info->search_low;
  read.search_high = info->search_high;
  check_search(read, place);
  for (std::uint32_t i = 0; i < info->choice_count; ++i) {
    if (info->choices == nullptr) refuse(place, "choices is NULL");
    read.choices.push_back(name(info->choices[i], place + ": a choice"));
  }
  read.default_value = default_of(*info, read, place);
  try {
    read.default_value = read.check(read.default_value);
  } catch (const plugin_error& problem) {
    refuse(owner, fmt::format("the default of {}", problem.what()));
  }
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
  read.id = name(described->id, "a component's id");
  if (std::ranges::any_of(read.id, [](char c) { return c >= 'A' && c <= 'Z'; })) {
    refuse(read.id, "found upper-case letters in the id, expected lower-case ones, digits and _");
  }
  if (described->kind < RV_OPTIMIZER || described->kind > RV_MODEL) {
    refuse(read.id,
           fmt::format("unknown kind {}; this Ravine knows optimizers (1), schedulers (2) and models (3)",
                       described->kind));
  }
  read.kind = static_cast<component_kind>(described->kind);
  read.summary = text(described->summary, read.id + ": summary");
  read.reference = text(described->reference, read.id + ": reference");
  read.doc = text(described->doc, read.id + ": doc");
  read.capabilities = described->capabilities;
  std::set<std::string> seen;
  for (std::uint64_t i = 0; i < described->param_count; ++i) {
    if (described->params == nullptr) refuse(read.id, "params is NULL");
    read.hyperparameters.push_back(read_hyperparameter(described->params[i], read.id));
    if (!seen.insert(read.hyperparameters.back().name).second) {
      refuse(read.id, fmt::format("hyperparameter {} is declared twice", read.hyperparameters.back().name));
    }
  }
  check_functions(*described, read.id);
  read.functions = described->functions;
  return read;
}

}  // namespace

loaded_plugin read_description(const rv_plugin* described, const std::filesystem::path& file) {
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
  read.file = {.path = file,
               .sha256 = sha256_file(file),
               .name = text(described->name, "the plugin's name"),
               .version = text(described->version, "the plugin's version"),
               .author = text(described->author, "the plugin's author"),
               .license = text(described->license, "the plugin's license")};
  if (described->component_count == 0) throw plugin_error("it holds no components");
  if (described->components == nullptr) throw plugin_error("its list of components is NULL");
  for (std::uint64_t i = 0; i < described->component_count; ++i) {
    component found = read_component(described->components[i]);
    const bool twice = std::ranges::any_of(read.components, [&](const component& each) {
      return each.kind == found.kind && each.id == found.id;
    });
    if (twice)
      throw plugin_error(
          fmt::format("it holds two {}s with the id {}; rename one", to_string(found.kind), found.id));
    read.components.push_back(std::move(found));
  }
  return read;
}

}  // namespace ravine
