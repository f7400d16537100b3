#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ravine {

/// The loss that a step met, before it moved by `lr`.
struct range_point {
  double lr = 0;
  double loss = 0;
  double smoothed = 0;  ///< exponentially, with bias correction

  bool operator==(const range_point&) const = default;
};

struct range_curve {
  std::vector<range_point> points = {};    ///< step by step, up to where it diverged
  std::optional<double> suggestion = {};   ///< lr at the steepest descent; empty if the loss never falls
  std::optional<double> diverged_at = {};  ///< lr; empty if it went through the whole range
  std::string fault = {};  ///< why there is no curve, or not a whole one; empty if all is well
};

}  // namespace ravine
