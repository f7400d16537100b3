#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ravine {

/// Labelled images: row i of `pixels` is example i, and `labels[i]` its class.
struct image_set {
  std::vector<std::uint8_t> pixels;  ///< count x features, row-major, 0 (background) to 255 (ink)
  std::vector<std::uint8_t> labels;  ///< count, each below the dataset's number of classes

  std::size_t size() const { return labels.size(); }
};

/// A classification problem in three parts. Hyperparameters and best epochs are chosen on `validation`;
/// `test` is reported and never selected on.
struct dataset {
  std::string name;                ///< of the source: mnist, digits, idx
  std::vector<std::size_t> shape;  ///< of one example: {28, 28} is 28 rows of 28 pixels
  std::size_t classes = 0;
  std::string fingerprint;  ///< content_fingerprint() of this dataset
  image_set train, validation, test;

  /// Values in one example: the product of `shape`.
  std::size_t features() const;
};

/// SHA-256, in hexadecimal, of the shape, the number of classes and the examples of each part in their order.
/// Equal content has an equal fingerprint wherever it was loaded from; another split of the same images has
/// another one.
std::string content_fingerprint(const dataset& data);

}  // namespace ravine
