#pragma once

#include "core/settings.hpp"
#include "plugin/component.hpp"
#include "plugin/layout.hpp"
#include "plugin/sample_data.hpp"

#include <ravine/abi.h>

#include <string>
#include <vector>

namespace ravine {

/// A tensor of a model, as groups select it.
struct tensor_fact {
  std::string name;
  std::string role;  ///< "weight", "bias", "norm", "coordinate", "embedding" or "other"
};

tensor_fact fact_of(const rv_tensor& tensor);
std::vector<tensor_fact> facts_of(const parameter_layout& layout);

/// Those of a model or landscape with these settings, for some data of that kind that it accepts. Calls the
/// plugin. Throws plugin_error if it refuses.
std::vector<tensor_fact> tensors_of(const component& model, const settings& with,
                                    sample_data::kind data = sample_data::kind::images);

/// "hidden.weight (weight), hidden.bias (bias)": for messages, and at most twenty.
std::string list_of(const std::vector<tensor_fact>& tensors);

}  // namespace ravine
