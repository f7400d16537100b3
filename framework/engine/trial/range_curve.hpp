#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// The loss that a step met, before it moved by `lr`.
struct range_point {
  double lr = 0;
  double loss = 0;
  double smoothed = 0;  ///< see smooth(): without lag or spikes, and bounded where the loss explodes

  bool operator==(const range_point&) const = default;
};

/// A short training at a constant rate.
struct range_try {
  double lr = 0;
  double loss = 0;  ///< at its end, on validation data if there are any; infinity if it diverged

  bool operator==(const range_try&) const = default;
};

struct range_curve {
  std::vector<range_point> points = {};    ///< step by step, up to where it diverged
  std::optional<double> suggestion = {};   ///< lr to train with; empty if there is none, see `refusal`
  std::optional<double> diverged_at = {};  ///< lr; empty if it went through the whole range
  std::string fault = {};               ///< why there is no curve, or not a whole one; empty if all is well
  std::optional<double> steepest = {};  ///< lr at which the smoothed loss falls fastest
  std::optional<double> tenth_of_minimum = {};  ///< a tenth of the lr at which the smoothed loss is lowest
  std::vector<range_try> tries = {};            ///< by lr
  std::string refusal = {};                     ///< why there is no suggestion although nothing went wrong
};

}  // namespace ravine
