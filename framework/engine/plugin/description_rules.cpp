#include "plugin/description_rules.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

/// The search range must lie within the valid one and suit its scale.
void check_search(const hyperparameter& read, const std::string& place) {
  if (read.scale > search_scale::log_one_minus) {
    refuse(place, fmt::format("unknown scale {}", static_cast<std::uint32_t>(read.scale)));
  }
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

void check_default(const hyperparameter& read, const std::string& owner) {
  try {
    if (read.check(read.default_value) != read.default_value) refuse(read.name, "is of another type");
  } catch (const plugin_error& problem) {
    refuse(owner, fmt::format("the default of {}", problem.what()));
  }
}

}  // namespace

void refuse(std::string_view place, std::string_view fault) {
  throw plugin_error(fmt::format("{}: {}", place, fault));
}

void check_name(const std::string& name, std::string_view place) {
  constexpr std::size_t longest = 64;
  if (name.size() > longest) {
    refuse(place, fmt::format("found {} characters, expected at most {}", name.size(), longest));
  }
  const bool is_name = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!is_name) refuse(place, fmt::format("found \"{}\", expected letters, digits and _", name));
}

void check_type(hyperparameter_type type, std::string_view place) {
  if (type < hyperparameter_type::real || type > hyperparameter_type::file) {
    refuse(place, fmt::format("unknown type {}", static_cast<std::uint32_t>(type)));
  }
}

void check_hyperparameter(const hyperparameter& read, const std::string& owner) {
  check_name(read.name, owner + ": a hyperparameter's name");
  const std::string place = fmt::format("{}: hyperparameter {}", owner, read.name);
  check_type(read.type, place);
  if (!(read.minimum <= read.maximum)) {
    refuse(place, fmt::format("its minimum {} is above its maximum {}", read.minimum, read.maximum));
  }
  check_search(read, place);
  for (const std::string& choice : read.choices) check_name(choice, place + ": a choice");
  check_default(read, owner);
}

void check_kind(component_kind kind, const std::string& id) {
  if (kind < component_kind::optimizer || kind > component_kind::model) {
    refuse(id, fmt::format("unknown kind {}; this Ravine knows optimizers (1), schedulers (2) and models (3)",
                           static_cast<std::uint32_t>(kind)));
  }
}

void check_id(const std::string& id) {
  check_name(id, "a component's id");
  if (std::ranges::any_of(id, [](char c) { return c >= 'A' && c <= 'Z'; })) {
    refuse(id, "found upper-case letters in the id, expected lower-case ones, digits and _");
  }
}

void check_component(const component& read) {
  check_id(read.id);
  check_kind(read.kind, read.id);
  if (read.kind == component_kind::optimizer && read.can(RV_OPTIMIZER_NO_GRADIENT) &&
      !read.can(RV_OPTIMIZER_CLOSURE)) {
    refuse(read.id, "it wants no gradient, but has no closure to evaluate the loss with; declare both");
  }
  std::set<std::string_view> seen;
  for (const hyperparameter& each : read.hyperparameters) {
    check_hyperparameter(each, read.id);
    if (each.type == hyperparameter_type::file &&
        (read.kind != component_kind::model || read.can(RV_MODEL_LANDSCAPE))) {
      refuse(read.id, fmt::format("hyperparameter {} is a file, which only models of data have", each.name));
    }
    if (!seen.insert(each.name).second) {
      refuse(read.id, fmt::format("hyperparameter {} is declared twice", each.name));
    }
  }
}

void check_description(const plugin_description& read) {
  if (read.components.empty()) throw plugin_error("it holds no components");
  std::set<std::pair<component_kind, std::string_view>> seen;
  for (const component& each : read.components) {
    check_component(each);
    if (!seen.emplace(each.kind, each.id).second) {
      throw plugin_error(
          fmt::format("it holds two {}s with the id {}; rename one", to_string(each.kind), each.id));
    }
  }
}

}  // namespace ravine
