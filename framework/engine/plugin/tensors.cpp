#include "plugin/tensors.hpp"

#include "plugin/instance.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace ravine {
namespace {

const char* role_name(std::uint32_t role) {
  switch (role) {
    case RV_ROLE_WEIGHT:
      return "weight";
    case RV_ROLE_BIAS:
      return "bias";
    case RV_ROLE_NORM:
      return "norm";
    case RV_ROLE_COORDINATE:
      return "coordinate";
    case RV_ROLE_EMBEDDING:
      return "embedding";
    default:
      return "other";
  }
}

}  // namespace

tensor_fact fact_of(const rv_tensor& tensor) { return {tensor.name, role_name(tensor.role)}; }

std::vector<tensor_fact> facts_of(const parameter_layout& layout) {
  std::vector<tensor_fact> all;
  for (std::size_t i = 0; i < layout.raw()->tensor_count; ++i) {
    all.push_back(fact_of(*layout.raw()->tensors[i]));
  }
  return all;
}

std::vector<tensor_fact> tensors_of(const component& which, const settings& with, sample_data::kind kind) {
  const sample_data data = sample_of(which, with, kind);
  const rv_data_spec spec = data.spec();
  return facts_of(model(which, data.shape.empty() ? nullptr : &spec, with, RV_F64).layout());
}

std::string list_of(const std::vector<tensor_fact>& tensors) {
  constexpr std::size_t most = 20;
  std::string text;
  for (const tensor_fact& each : tensors) {
    if (&each - tensors.data() == most) return fmt::format("{} and {} more", text, tensors.size() - most);
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", each.name, each.role);
  }
  return text;
}

}  // namespace ravine
