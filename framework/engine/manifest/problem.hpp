#pragma once

#include "data/data_source.hpp"
#include "manifest/landscape_facts.hpp"
#include "manifest/options.hpp"
#include "manifest/training.hpp"
#include "plugin/registry.hpp"
#include "trial/trial_spec.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

enum class problem_kind { data, landscape };

/// An entry of `problems` as written and checked by itself.
struct problem_draft {
  std::string name;  ///< for messages: problems[0]
  place at;
  std::string use;
  std::string label;
  const component* model = nullptr;  ///< null, with an error, if there is none of that name
  option_values with;
  std::map<std::string, std::string> file_digests;  ///< SHA-256, by the path in `with`
  const data_source* source = nullptr;              ///< null on a landscape
  option_values data_with;
  std::optional<problem_kind> kind;  ///< unknown, with an error, for an unknown model
  std::optional<dtype> type;
  std::optional<std::vector<double>> start;
  instance_spec instance;
  double gradient_noise = 0;
  train_block train;
  evaluate_block evaluate;

  /// For messages: "problems[0] (mlp)".
  std::string title() const { return name + " (" + label + ")"; }
};

/// Of a landscape whose model is known. Runs the plugin in a process of its own.
std::vector<landscape_facts> facts_of(const problem_draft& problem);

/// Reads `problems` of the manifest. Labels default to `use`, followed by the data source's name where that
/// is not unique.
std::vector<problem_draft> read_problems(const block& experiment, const registry& plugins);

}  // namespace ravine
