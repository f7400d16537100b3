#pragma once

#include "plugin/registry.hpp"
#include "trial/trial_spec.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// A rectangle of a landscape of two dimensions, in the optimizer's coordinates.
struct image_frame {
  std::array<double, 2> lower;
  std::array<double, 2> upper;
};

/// A landscape of two dimensions as a grid of losses, to be drawn.
struct landscape_image {
  image_frame frame;
  std::size_t columns = 0;
  std::size_t rows = 0;
  std::vector<double> losses;  ///< row by row, from the lower left; not finite where the function is not
  std::vector<std::array<double, 2>> minima;  ///< known ones
  double minimum = 0;                         ///< the loss there; NaN if there is none
  /// Where the function's own points (0, 0), (1, 0) and (0, 1) lie: how it is turned and moved.
  std::array<std::array<double, 2>, 3> function_axes{};
  std::array<double, 2> start{};  ///< the customary one, or the problem's
};

/// Draws the landscape of a trial, turned and moved as its seed and repetition say: `columns` by `columns`
/// losses at the middle of each cell of the frame, by default the landscape's box. Empty for a landscape that
/// has not two dimensions. Calls the plugin; throws plugin_error.
std::optional<landscape_image> draw_landscape(const trial_spec& spec, const registry& plugins,
                                              std::size_t columns,
                                              const std::optional<image_frame>& frame = std::nullopt);

/// Losses to six significant digits.
nlohmann::json to_json(const landscape_image& image);

}  // namespace ravine
