#pragma once

#include "manifest/options.hpp"
#include "plugin/component.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// What a landscape says of itself at one of its searched points, or why the plugin refuses to make it.
struct landscape_facts {
  std::uint64_t dimension = 0;
  double minimum = std::numeric_limits<double>::quiet_NaN();  ///< NaN if the landscape declares none
  bool unbounded_below = false;                               ///< then the minimum is that of the box alone
  static constexpr std::size_t most_coordinates = 8;          ///< of a start that a message can show

  /// Where trials start, in the function's own coordinates, and the loss there. Empty and NaN where the start
  /// depends on the seed or `start` has another number of coordinates; a start that is too long is empty,
  /// too.
  std::vector<double> start = {};
  double start_loss = std::numeric_limits<double>::quiet_NaN();
  std::string refusal = {};
};

/// Where trials on a landscape start: at a point of the manifest, or else at the landscape's usual one.
struct start_rule {
  std::optional<std::vector<double>> given;
  instance_spec instance;
};

/// Makes the landscape at every searched point and evaluates it once at its start, in a process of its own
/// that has 5 s for all of them. One refusal if the plugin does not live to answer; nothing for a search of
/// more than 100 points.
std::vector<landscape_facts> facts_of_landscape(const component& which, const option_values& with,
                                                const start_rule& start);

}  // namespace ravine
