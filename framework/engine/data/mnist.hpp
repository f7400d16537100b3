#pragma once

#include "data/data_files.hpp"
#include "data/dataset_content.hpp"
#include "data/split.hpp"

#include <array>

namespace ravine {

/// Training images and labels, then those of the test.
inline constexpr std::array<data_file, 4> mnist_files{{
    {"train-images-idx3-ubyte", 47'040'016,
     "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
    {"train-labels-idx1-ubyte", 60'008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
    {"t10k-images-idx3-ubyte", 7'840'016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
    {"t10k-labels-idx1-ubyte", 10'008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
}};

/// The handwritten digits of LeCun, Cortes & Burges: 60,000 images to train on, from which validation is
/// split off, and 10,000 to test, 28 x 28. Throws data_error: files that are missing (with what to do),
/// malformed, or not MNIST's by their SHA-256.
dataset_content load_mnist(split_sizes sizes);

}  // namespace ravine
