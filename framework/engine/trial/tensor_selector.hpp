#pragma once

#include <array>
#include <string>
#include <string_view>

namespace ravine {

/// What tensors of a model are for, as plugins declare it.
inline constexpr std::array<std::string_view, 6> tensor_roles{"weight",     "bias",      "norm",
                                                              "coordinate", "embedding", "other"};

/// Tensors of a model by name or by role: one of the two is given.
struct tensor_selector {
  std::string name;  ///< a shell pattern: "*.bias", "layer?.weight", "[hm]*"
  std::string role;  ///< one of tensor_roles

  bool operator==(const tensor_selector&) const = default;

  bool selects(const std::string& tensor_name, std::string_view tensor_role) const;
};

/// "[*.bias]", "[norm]": how messages and results call what a selector selects.
std::string to_string(const tensor_selector& selector);

}  // namespace ravine
