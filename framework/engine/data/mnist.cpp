#include "data/mnist.hpp"

#include "data/data_error.hpp"
#include "data/idx_source.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

fs::path locate(const data_file& file, const std::vector<fs::path>& folders) {
  fs::path found = find_data_file(folders, file.name);
  if (!found.empty()) return found;
  std::string searched;
  for (const fs::path& folder : folders) searched += "\n  " + folder.string();
  throw data_error(fmt::format("mnist: there is no {0} and no {0}.gz in{1}\nRun: ravine data fetch mnist",
                               file.name, searched.empty() ? " RAVINE_DATA, which is not set" : searched));
}

void check_digest(const fs::path& path, std::string_view found, const data_file& expected) {
  if (found == expected.sha256) return;
  throw data_error(fmt::format(
      "{}: this is not MNIST's {}: {}\nIf it is of another data set, such as Fashion-MNIST, name its "
      "files under data: {{use: idx}}. If it is a damaged copy, move it away and run: ravine data "
      "fetch mnist",
      path.string(), expected.name, digest_fault(found, expected)));
}

}  // namespace

dataset_content load_mnist(split_sizes sizes) {
  const std::vector<fs::path> folders = data_folders("mnist");
  const auto& [train_images, train_labels, test_images, test_labels] = mnist_files;
  const idx_files files{locate(train_images, folders), locate(train_labels, folders),
                        locate(test_images, folders), locate(test_labels, folders)};
  idx_content content = read_idx_files(files);
  check_digest(files.train_images, content.train_images.sha256, train_images);
  check_digest(files.train_labels, content.train_labels.sha256, train_labels);
  check_digest(files.test_images, content.test_images.sha256, test_images);
  check_digest(files.test_labels, content.test_labels.sha256, test_labels);
  return make_idx_dataset(files, std::move(content), {"mnist", 10, sizes});
}

}  // namespace ravine
