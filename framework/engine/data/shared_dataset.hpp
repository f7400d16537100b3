#pragma once

#include "data/dataset_content.hpp"
#include "process/descriptor.hpp"

/// Datasets in files that exist in memory alone (memfd), which processes pass to each other: a description,
/// then the examples. Once sealed, a file can neither be changed nor resized by anyone who has it.
namespace ravine {

/// An empty file for a dataset, not sealed yet. Throws data_error.
descriptor make_dataset_file();

/// Writes the content into an empty file. Throws data_error, also when it is larger than a dataset may be.
void write_dataset(const dataset_content& content, int file);

/// Seals a written file and attaches it. Throws data_error.
dataset seal_dataset(descriptor file);

/// The dataset in a sealed file that came from another process. Nothing is trusted: the seals, all sizes and
/// all labels are checked first, the fingerprint alone is believed. Throws data_error.
dataset attach_dataset(descriptor file);

/// The content in a file of its own. Throws data_error.
dataset share_dataset(const dataset_content& content);

}  // namespace ravine
