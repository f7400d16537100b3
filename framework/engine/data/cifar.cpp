#include "data/cifar.hpp"

#include "core/sha256.hpp"
#include "data/data_error.hpp"
#include "data/file.hpp"
#include "data/gzip.hpp"
#include "data/tar.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> batches{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                  "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"};

/// Nothing that is longer is read: the archive holds 60,000 records and two pages of text.
constexpr std::uint64_t most_archive_bytes = 200'000'000;

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// The files of the archive, by name, as they come.
class batch_files {
 public:
  explicit batch_files(std::string archive) : archive_(std::move(archive)) {}

  void feed(std::string_view path, std::span<const std::byte> piece) {
    const std::string_view name = last_part(path);
    if (std::ranges::find(batches, name) == batches.end()) return;
    const auto [found, is_new] =
        readers_.try_emplace(std::string(path), fmt::format("{}: {}", archive_, path));
    found->second.feed(piece);
  }

  image_table take(std::string_view name) {
    cifar_reader* reader = nullptr;
    for (auto& [path, each] : readers_) {
      if (last_part(path) != name) continue;
      if (reader != nullptr) throw data_error(fmt::format("{}: it holds {} twice", archive_, name));
      reader = &each;
    }
    if (reader == nullptr) {
      throw data_error(
          fmt::format("{}: it holds no {}; expected data_batch_1.bin to data_batch_5.bin and "
                      "test_batch.bin, as cifar-10-binary.tar.gz does",
                      archive_, name));
    }
    return reader->take();
  }

 private:
  std::string archive_;
  std::map<std::string, cifar_reader> readers_;
};

void append(image_table& to, const image_table& from) {
  to.pixels.insert(to.pixels.end(), from.pixels.begin(), from.pixels.end());
  to.labels.insert(to.labels.end(), from.labels.begin(), from.labels.end());
}

}  // namespace

// The size and SHA-256 of the archive are published by several loaders, in Julia (MLDatasets), Go and Python;
// one of them beside the MD5 that the authors' page gives.
std::span<const data_file> cifar10_files() {
  static constexpr std::array files{
      data_file{"cifar-10-binary.tar", 184'391'680, "",
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}};
  return files;
}

std::span<const std::string> cifar10_mirrors() {
  static const std::vector<std::string> mirrors{
      "https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/",
      "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
      "https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/"};
  return mirrors;
}

void cifar_reader::feed(std::span<const std::byte> piece) {
  while (!piece.empty()) {
    if (place_ == 0) {
      const auto label = std::to_integer<std::uint8_t>(piece.front());
      if (label >= cifar_classes) {
        throw data_error(fmt::format("{}: record {} has the label {}, expected 0 to {}", name_,
                                     records_.size() + 1, label, cifar_classes - 1));
      }
      records_.labels.push_back(label);
      place_ = 1;
      piece = piece.subspan(1);
      continue;
    }
    const std::size_t taken = std::min(cifar_record - place_, piece.size());
    const auto* const first = reinterpret_cast<const std::uint8_t*>(piece.data());
    records_.pixels.insert(records_.pixels.end(), first, first + taken);
    place_ = (place_ + taken) % cifar_record;
    piece = piece.subspan(taken);
  }
}

image_table cifar_reader::take() {
  if (place_ != 0) {
    throw data_error(fmt::format("{}: record {} ends after {} bytes, expected {}", name_, records_.size(),
                                 place_, cifar_record));
  }
  if (records_.size() == 0) throw data_error(fmt::format("{}: it holds no records", name_));
  return std::exchange(records_, {});
}

dataset_content parse_cifar10(std::span<const std::byte> archive, const std::string& name) {
  batch_files files(name);
  tar_reader tar(name,
                 [&](std::string_view file, std::span<const std::byte> piece) { files.feed(file, piece); });
  std::uint64_t left = most_archive_bytes;
  const auto feed = [&](std::span<const std::byte> piece) {
    if (piece.size() > left) {
      throw data_error(
          fmt::format("{}: it holds more than {} bytes, expected fewer", name, most_archive_bytes));
    }
    left -= piece.size();
    tar.feed(piece);
  };
  if (is_gzip(archive)) {
    inflate_gzip(archive, name, feed);
  } else {
    feed(archive);
  }
  tar.finish();
  dataset_content data;
  data.name = "cifar10";
  data.shape = {3, cifar_side, cifar_side};
  data.classes = cifar_classes;
  for (const std::string_view each : batches)
    append(each == batches.back() ? data.test : data.train, files.take(each));
  return data;
}

dataset_content load_cifar10(split_sizes sizes) {
  const data_file& wanted = cifar10_files().front();
  const std::vector<fs::path> folders = data_folders("cifar10");
  const fs::path found = find_data_file(folders, wanted.name);
  if (found.empty()) {
    std::string searched;
    for (const fs::path& folder : folders) searched += "\n  " + folder.string();
    throw data_error(fmt::format("cifar10: there is no {}.gz in{}\nRun: ravine data fetch cifar10",
                                 wanted.name,
                                 searched.empty() ? " RAVINE_DATA, which is not set" : searched));
  }
  const std::vector<std::byte> archive = read_file(found, most_archive_bytes);
  if (!is_gzip(archive)) {
    throw data_error(
        fmt::format("{}: this is not packed; only the SHA-256 of the .gz is published. Move it away, and "
                    "run: ravine data fetch cifar10",
                    found.string()));
  }
  if (const std::string digest = sha256_hex(archive); digest != wanted.sha256_gz) {
    throw data_error(
        fmt::format("{}: this is not CIFAR-10: {}\nMove it away, and run: ravine data fetch cifar10",
                    found.string(), packed_digest_fault(digest, wanted)));
  }
  dataset_content data = parse_cifar10(archive, found.string());
  split_validation(data, sizes);
  return data;
}

}  // namespace ravine
