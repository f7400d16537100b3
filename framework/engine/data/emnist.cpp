#include "data/emnist.hpp"

#include "core/sha256.hpp"
#include "data/data_error.hpp"
#include "data/file.hpp"
#include "data/idx_source.hpp"
#include "data/zip.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

/// A packed file of the largest collection read has 35 MB.
constexpr std::uint64_t most_packed_bytes = 200'000'000;

constexpr std::array collections{emnist_collection{"letters", 26, 1}, emnist_collection{"balanced", 47, 0}};

/// The files hold columns where MNIST has rows.
void transpose(idx_images& images) {
  const std::size_t size = images.rows * images.columns;
  std::vector<std::uint8_t> turned(size);
  for (std::size_t first = 0; first < images.pixels.size(); first += size) {
    const auto image = images.pixels.begin() + static_cast<std::ptrdiff_t>(first);
    for (std::size_t y = 0; y < images.rows; ++y) {
      for (std::size_t x = 0; x < images.columns; ++x) {
        turned[x * images.rows + y] = image[static_cast<std::ptrdiff_t>(y * images.columns + x)];
      }
    }
    std::ranges::copy(turned, image);
  }
  std::swap(images.rows, images.columns);
}

/// Counted from 0.
void renumber(idx_labels& labels, const emnist_collection& which, const std::string& name) {
  for (std::uint8_t& each : labels.values) {
    if (each < which.first_label) {
      throw data_error(
          fmt::format("{}: found the label {}, expected {} or more", name, each, which.first_label));
    }
    each = static_cast<std::uint8_t>(each - which.first_label);
  }
}

}  // namespace

// The SHA-256 is published by MLDatasets (Julia) and several other loaders, the MD5 that goes with it by
// torchvision.
std::span<const data_file> emnist_files() {
  static constexpr std::array files{data_file{
      "gzip.zip", 561'753'746, "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e", {}, ""}};
  return files;
}

std::span<const std::string> emnist_mirrors() {
  static const std::vector<std::string> mirrors{"https://biometrics.nist.gov/cs_links/EMNIST/",
                                                "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/"};
  return mirrors;
}

const emnist_collection& emnist_collection_named(std::string_view name) {
  const auto found = std::ranges::find(collections, name, &emnist_collection::name);
  if (found == collections.end()) throw data_error(fmt::format("emnist: there is no collection {}", name));
  return *found;
}

dataset_content parse_emnist(std::span<const std::byte> archive, const emnist_collection& which,
                             const std::string& name) {
  const auto path = [&](std::string_view part) {
    return fmt::format("gzip/emnist-{}-{}-ubyte.gz", which.name, part);
  };
  const auto images = [&](std::string_view part) {
    const std::string file = path(part);
    idx_images read =
        parse_idx_images(extract_from_zip(archive, file, most_packed_bytes, name), name + ": " + file);
    transpose(read);
    return read;
  };
  const auto labels = [&](std::string_view part) {
    const std::string file = path(part);
    idx_labels read =
        parse_idx_labels(extract_from_zip(archive, file, most_packed_bytes, name), name + ": " + file);
    renumber(read, which, name + ": " + file);
    return read;
  };
  const auto place = [&](std::string_view part) { return fs::path(name + ": " + path(part)); };
  constexpr std::array parts{"train-images-idx3", "train-labels-idx1", "test-images-idx3",
                             "test-labels-idx1"};
  return make_idx_dataset({place(parts[0]), place(parts[1]), place(parts[2]), place(parts[3])},
                          {images(parts[0]), labels(parts[1]), images(parts[2]), labels(parts[3])},
                          {"emnist", which.classes, {}});
}

dataset_content load_emnist(const emnist_collection& which, split_sizes sizes) {
  const data_file& wanted = emnist_files().front();
  const std::vector<fs::path> folders = data_folders("emnist");
  const fs::path found = find_data_file(folders, wanted.name);
  if (found.empty()) {
    std::string searched;
    for (const fs::path& folder : folders) searched += "\n  " + folder.string();
    throw data_error(fmt::format("emnist: there is no {} in{}\nRun: ravine data fetch emnist", wanted.name,
                                 searched.empty() ? " RAVINE_DATA, which is not set" : searched));
  }
  const std::vector<std::byte> archive = read_file(found, wanted.size);
  if (const std::string digest = sha256_hex(archive); digest != wanted.sha256) {
    throw data_error(
        fmt::format("{}: this is not EMNIST's archive: its SHA-256 is {}, expected {}\nMove it away, and "
                    "run: ravine data fetch emnist",
                    found.string(), digest, wanted.sha256));
  }
  dataset_content data = parse_emnist(archive, which, found.string());
  split_validation(data, sizes);
  return data;
}

}  // namespace ravine
