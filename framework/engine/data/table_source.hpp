#pragma once

#include "data/csv.hpp"
#include "data/dataset_content.hpp"
#include "data/learning_task.hpp"
#include "data/split.hpp"

#include <cstdint>
#include <filesystem>

namespace ravine {

enum class standardization : std::uint8_t { off, on };

/// How the examples of a table become the parts of a dataset.
struct table_parts {
  split_sizes split;  ///< `test` 0: a fifth, unless there is a file of its own for the test
  standardization scale = standardization::off;
  learning_task task = learning_task::classification;
};

struct npy_files {
  std::filesystem::path features, labels;
  std::filesystem::path test_features, test_labels;  ///< both, or both empty: test is split off
};

/// Arrays of features, a row for each example, and of their labels, or of their targets in a regression.
/// Features of uint8 are taken for pixels, 0 to 255. The number of classes is the largest label and one.
/// Throws data_error that names the file at fault.
dataset_content load_npy(const npy_files& files, const table_parts& parts);

struct csv_files {
  std::filesystem::path all;
  std::filesystem::path test;  ///< empty: test is split off
};

/// Tables of features and a target. Throws data_error that names the file at fault.
dataset_content load_csv(const csv_files& files, const csv_options& options, const table_parts& parts);

/// Subtracts from each feature its mean over the training part and divides it by its standard deviation there
/// (with divisor n); a feature that is constant there is only centred. Pixels become values. The targets of a
/// regression are scaled like a feature, so that a mean squared error is a share of their variance.
void standardize(dataset_content& data);

}  // namespace ravine
