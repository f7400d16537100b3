#include "options/rule_option.hpp"

#include "options/usage.hpp"

#include <ravine/abi.h>

#include <string_view>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

constexpr std::string_view inner_prefix = "inner.";

}  // namespace

optimizer_spec read_rule(const std::string& text, const settings& with, const registry& plugins) {
  const std::size_t opened = text.find('(');
  const bool wraps = opened != std::string::npos;
  if (wraps && (text.back() != ')' || opened + 2 >= text.size())) {
    throw usage_error(fmt::format("found {}, expected an optimizer such as adam, or lookahead(adam)", text));
  }
  const component& which = plugins.get(component_kind::optimizer, text.substr(0, opened));
  if (!wraps && which.can(RV_OPTIMIZER_WRAPS)) {
    throw usage_error(fmt::format("{0} works around another optimizer; name it as in {0}(adam)", which.id));
  }
  if (wraps && !which.can(RV_OPTIMIZER_WRAPS) && !which.can(RV_OPTIMIZER_MAY_WRAP)) {
    throw usage_error(fmt::format("{} does not work around another optimizer", which.id));
  }
  settings own, inner;
  for (const auto& [name, value] : with) {
    if (wraps && name.starts_with(inner_prefix)) {
      inner[name.substr(inner_prefix.size())] = value;
    } else {
      own[name] = value;
    }
  }
  optimizer_spec spec;
  spec.optimizer = {which.id, which.complete(own), which.file->sha256};
  if (wraps)
    spec.inner.push_back(read_rule(text.substr(opened + 1, text.size() - opened - 2), inner, plugins));
  return spec;
}

}  // namespace ravine::cli
