#pragma once

#include "core/settings.hpp"
#include "manifest/optimizer.hpp"
#include "manifest/problem.hpp"
#include "plugin/tensors.hpp"

#include <map>
#include <span>
#include <vector>

namespace ravine {

/// The tensors of a problem's model by its complete settings, for each point of a search over these. Without
/// those for which the model did not say.
using known_tensors = std::map<settings, std::vector<tensor_fact>>;

/// Of each problem that an optimizer with groups runs on. Asks the models in processes of their own that have
/// 5 s each; nothing for a search of more than 100 points.
std::vector<known_tensors> tensors_of(std::span<const problem_draft> problems,
                                      std::span<const optimizer_draft> optimizers);

/// Of each group, whether it is the first to select any of the tensors.
std::vector<bool> groups_in_use(const std::vector<rule_draft>& groups,
                                const std::vector<tensor_fact>& tensors);

/// Reports each group that no tensor of any problem is left for. `tensors`: of each problem.
void check_groups(std::span<const problem_draft> problems, std::span<const optimizer_draft> optimizers,
                  std::span<const known_tensors> tensors, diagnostics& errors);

}  // namespace ravine
