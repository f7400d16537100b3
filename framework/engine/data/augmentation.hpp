#pragma once

#include <cstdint>
#include <vector>

namespace ravine {

/// Random changes of images in training, drawn anew each time that an image is shown.
struct augmentation {
  std::uint64_t shift = 0;  ///< moved by up to so many pixels down, up, left and right
  bool flip = false;        ///< mirrored from left to right, every other time
  double crop = 0;          ///< up to so large a share of rows and columns is cut off; the rest is enlarged
  std::vector<float> background = {};  ///< of each channel: what shifts bring in; empty: 0

  bool is_used() const { return shift > 0 || flip || crop > 0; }
};

}  // namespace ravine
