#pragma once

#include "data/dataset.hpp"

#include <cstdint>
#include <vector>

namespace ravine {

/// Labelled examples that are being put together, in the layout of image_set.
struct image_table {
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint8_t> labels;
  std::vector<float> values = {};
  std::size_t labels_each = 1;
  std::vector<float> targets = {};

  std::size_t size() const { return labels_each == 0 ? targets.size() : labels.size() / labels_each; }
  operator image_set() const {
    return {pixels, labels, values, labels_each, targets};
  }  // NOLINT(google-explicit-constructor): a view
};

/// A dataset that is being put together.
struct dataset_content : example_form {
  image_table train, validation, test;
};

/// The content's fingerprint, see content_fingerprint(const dataset&).
std::string content_fingerprint(const dataset_content& content);

}  // namespace ravine
