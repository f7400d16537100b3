#pragma once

#include <ravine/hyperparameters.hpp>

/// The hyperparameters of rules that offer weight decay; <ravine/step.hpp> applies it.
namespace ravine {

/// Strength of the pull towards 0. step::for_each_decayed and step::by_decay apply it.
constexpr hyperparameter weight_decay(double default_value) {
  return real("weight_decay", default_value).at_least(0).log().search(1e-6, 1e-1).doc("weight decay");
}

/// Whether weight decay holds for all tensors, or spares those of the roles bias and norm.
constexpr hyperparameter decay_biases() {
  return boolean("decay_biases", true).doc("weight decay on biases and norms too");
}

}  // namespace ravine
