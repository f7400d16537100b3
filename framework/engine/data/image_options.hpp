#pragma once

#include "data/dataset_content.hpp"

namespace ravine {

/// What a manifest may ask of images.
struct image_options {
  bool standardize = false;  ///< see standardize_channels
  augmentation augment;      ///< its background is left to prepare_images
};

/// Gives each channel mean 0 and standard deviation 1 over all pixels of the training part, and scales the
/// other parts alike. Pixels become values. A constant channel becomes 0.
void standardize_channels(dataset_content& images);

/// Applies the options to images of shape {rows, columns} or {channels, rows, columns}.
void prepare_images(dataset_content& images, const image_options& options);

}  // namespace ravine
