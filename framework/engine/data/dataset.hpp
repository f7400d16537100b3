#pragma once

#include "data/augmentation.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// Labelled examples: row i of `pixels`, or of `values` where the features are no pixels, is example i, and
/// the `labels_each` labels from `labels[i * labels_each]` on are its classes. The other one of the two is
/// empty. In a regression an example has no labels but a number, `targets[i]`.
struct image_set {
  std::span<const std::uint8_t> pixels;  ///< count x features, row-major, 0 (background) to 255 (ink)
  std::span<const std::uint8_t> labels;  ///< count x labels_each, each below the dataset's number of classes
  std::span<const float> values = {};    ///< count x features, row-major, finite; given to models as they are
  std::size_t labels_each = 1;           ///< labels of an example: as many as a sequence has positions
  std::span<const float> targets = {};   ///< count, finite, where labels_each is 0; else empty

  std::size_t size() const { return labels_each == 0 ? targets.size() : labels.size() / labels_each; }
};

/// What the examples of a dataset have in common.
struct example_form {
  std::string name;                ///< of the source: mnist, digits, csv
  std::vector<std::size_t> shape;  ///< of one example: {28, 28} is 28 rows of 28 pixels
  std::size_t classes = 0;         ///< 0 in a regression, where targets are numbers
  augmentation augment = {};       ///< of images, in training

  /// Values in one example: the product of `shape`.
  std::size_t features() const;
  bool is_regression() const { return classes == 0; }
  /// What a model predicts of one label or target: a score for each class, or one number.
  std::size_t outputs() const { return is_regression() ? 1 : classes; }
};

class shared_file;

/// A problem of classification or regression in three parts. Hyperparameters and best epochs are chosen on
/// `validation`; `test` is reported and never selected on. The examples lie in shared memory that nobody can
/// change any more: copies of a dataset, and processes that hold it, have the same bytes, and a fork copies
/// nothing.
struct dataset : example_form {
  std::string fingerprint;  ///< content_fingerprint() of this dataset
  image_set train, validation, test;
  std::shared_ptr<const shared_file> file;  ///< which holds the examples; null for a dataset without any

  /// Of the file that holds it, for attach_dataset in another process: valid as long as a copy of this
  /// dataset lives, -1 without a file.
  int descriptor() const;
};

/// The most that a dataset may hold, in bytes: a quarter of the memory that is granted, since decoding needs
/// twice as much, but at most 16 GiB.
std::uint64_t most_dataset_bytes();

/// SHA-256, in hexadecimal, of the shape, the number of classes and the examples of each part in their order.
/// Equal content has an equal fingerprint wherever it was loaded from; another split of the same images has
/// another one.
std::string content_fingerprint(const dataset& data);

}  // namespace ravine
