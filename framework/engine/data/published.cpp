#include "data/published.hpp"

#include "core/sha256.hpp"
#include "data/data_error.hpp"
#include "data/file.hpp"
#include "data/gzip.hpp"
#include "data/idx_source.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t published_classes = 10, published_side = 28;

fs::path locate(const published_dataset& wanted, const data_file& file,
                const std::vector<fs::path>& folders) {
  fs::path found = find_data_file(folders, file.name);
  if (!found.empty()) return found;
  std::string searched;
  for (const fs::path& folder : folders) searched += "\n  " + folder.string();
  throw data_error(fmt::format("{0}: there is no {1} and no {1}.gz in{2}\nRun: ravine data fetch {0}",
                               wanted.name, file.name,
                               searched.empty() ? " RAVINE_DATA, which is not set" : searched));
}

/// What is known of one of the four files, packed or not.
struct found_file {
  const fs::path& path;
  std::size_t which;  // of published_dataset::files
  std::string_view sha256, sha256_gz;
  std::uint64_t ink = 0;  // of images
};

std::uint64_t ink_of(std::span<const std::uint8_t> pixels) {
  return std::accumulate(pixels.begin(), pixels.end(), std::uint64_t{0});
}

bool belongs_to(const found_file& file, const published_dataset& set) {
  const data_file& published = set.files[file.which];
  if (!published.sha256.empty() && file.sha256 == published.sha256) return true;
  if (!file.sha256_gz.empty() && file.sha256_gz == published.sha256_gz) return true;
  return file.which == 0 && set.ink != 0 && file.ink == set.ink;
}

const published_dataset* owner_among_others(const found_file& file, const published_dataset& wanted) {
  for (const published_dataset& each : published_datasets()) {
    if (each.name != wanted.name && belongs_to(file, each)) return &each;
  }
  return nullptr;
}

/// "these are Fashion-MNIST's images: …"
[[noreturn]] void refuse_other(const found_file& file, const published_dataset& owner) {
  throw data_error(fmt::format("{}: these are {}'s {}: use {} (its files belong into a folder {})",
                               file.path.string(), owner.title, file.which % 2 == 0 ? "images" : "labels",
                               owner.name, owner.name));
}

[[noreturn]] void refuse_unknown(const found_file& file, const published_dataset& wanted,
                                 const std::string& fault) {
  throw data_error(fmt::format(
      "{}: this is not {}'s {}: {}\nIf it is of another data set, name its files under data: {{use: idx}}. "
      "If it is a damaged copy, move it away and run: ravine data fetch {}",
      file.path.string(), wanted.title, wanted.files[file.which].name, fault, wanted.name));
}

/// By the published digest of the file, packed or not. Answers whether there is one.
bool check_digest(const found_file& file, const published_dataset& wanted) {
  if (const auto* const owner = owner_among_others(file, wanted)) refuse_other(file, *owner);
  const data_file& published = wanted.files[file.which];
  if (!published.sha256.empty()) {
    if (file.sha256 != published.sha256) refuse_unknown(file, wanted, digest_fault(file.sha256, published));
    return true;
  }
  if (file.sha256_gz.empty()) return false;
  if (file.sha256_gz != published.sha256_gz) {
    refuse_unknown(file, wanted, packed_digest_fault(file.sha256_gz, published));
  }
  return true;
}

void check_images(const found_file& file, const published_dataset& wanted, const idx_images& images) {
  if (check_digest(file, wanted)) return;
  const std::uint64_t count = (wanted.files[file.which].size - 16) / (published_side * published_side);
  if (images.count != count || images.rows != published_side || images.columns != published_side) {
    refuse_unknown(file, wanted,
                   fmt::format("it holds {} images of {} x {}, expected {} of {} x {}", images.count,
                               images.rows, images.columns, count, published_side, published_side));
  }
  if (file.which == 0 && wanted.ink != 0 && file.ink != wanted.ink) {
    refuse_unknown(file, wanted, fmt::format("its pixels sum to {}, expected {}", file.ink, wanted.ink));
  }
}

/// Where no digest is published: these data sets have as many examples of each class.
void check_labels(const found_file& file, const published_dataset& wanted, const idx_labels& labels) {
  if (check_digest(file, wanted)) return;
  const auto expected = static_cast<std::ptrdiff_t>((wanted.files[file.which].size - 8) / published_classes);
  for (std::uint8_t each = 0; each < published_classes; ++each) {
    const auto count = std::ranges::count(labels.values, each);
    if (count == expected) continue;
    refuse_unknown(file, wanted,
                   fmt::format("it has {} labels {}, expected {} of each class", count, each, expected));
  }
}

}  // namespace

dataset_content load_published(const published_dataset& wanted, split_sizes sizes) {
  const std::vector<fs::path> folders = data_folders(wanted.name);
  const auto& [train_images, train_labels, test_images, test_labels] = wanted.files;
  const idx_files files{locate(wanted, train_images, folders), locate(wanted, train_labels, folders),
                        locate(wanted, test_images, folders), locate(wanted, test_labels, folders)};
  idx_content content = read_idx_files(files);
  const auto& [images, labels, tests, answers] = content;
  check_images({files.train_images, 0, images.sha256, images.sha256_gz, ink_of(images.pixels)}, wanted,
               images);
  check_labels({files.train_labels, 1, labels.sha256, labels.sha256_gz}, wanted, labels);
  check_images({files.test_images, 2, tests.sha256, tests.sha256_gz}, wanted, tests);
  check_labels({files.test_labels, 3, answers.sha256, answers.sha256_gz}, wanted, answers);
  return make_idx_dataset(files, std::move(content), {wanted.name, published_classes, sizes});
}

const published_dataset* owner_of(const fs::path& file, const published_dataset& wanted) {
  try {
    fs::path name = file.filename();
    if (name.extension() == ".gz") name = name.stem();
    const auto known = std::ranges::find(wanted.files, name.string(), &data_file::name);
    if (known == wanted.files.end()) return nullptr;
    const auto which = static_cast<std::size_t>(known - wanted.files.begin());
    if (which % 2 == 0) {
      const idx_images images = read_idx_images(file);
      return owner_among_others({file, which, images.sha256, images.sha256_gz, ink_of(images.pixels)},
                                wanted);
    }
    const idx_labels labels = read_idx_labels(file);
    return owner_among_others({file, which, labels.sha256, labels.sha256_gz}, wanted);
  } catch (const data_error&) {
    return nullptr;  // malformed, and so nobody's
  }
}

}  // namespace ravine
