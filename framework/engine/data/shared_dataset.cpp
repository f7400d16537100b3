#include "data/shared_dataset.hpp"

#include "core/byte_stream.hpp"
#include "data/data_error.hpp"
#include "data/shared_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

namespace ravine {
namespace {

// A file is: the magic number, the size of the description in bytes, the description, and then, from the next
// multiple of 64 on, the targets of each part in turn, their pixels or values, and their labels up to the
// end.
constexpr std::uint64_t magic = 0x335441444e564152;  // "RAVNDAT3"
constexpr std::size_t alignment = 64;
constexpr std::size_t most_dimensions = 8;
constexpr std::size_t most_classes = 256;  // labels are bytes
constexpr int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

constexpr std::array every_part{&dataset_content::train, &dataset_content::validation,
                                &dataset_content::test};

std::size_t examples_begin(std::size_t description) {
  const std::size_t end = 2 * sizeof(std::uint64_t) + description;
  return (end + alignment - 1) / alignment * alignment;
}

std::uint64_t bytes_of(const dataset_content& content) {
  std::uint64_t sum = 0;
  for (const auto part : every_part) {
    const image_set& set = content.*part;
    sum += set.pixels.size_bytes() + set.values.size_bytes() + set.labels.size_bytes() +
           set.targets.size_bytes();
  }
  return sum;
}

[[noreturn]] void fail_to_keep(int number) {
  throw data_error(fmt::format("a data set can't be kept in memory: {}{}", std::strerror(number),
                               number == EFBIG ? " (see `ulimit -f`)" : ""));
}

void write(int file, std::span<const std::byte> bytes) {
  if (!write_all(file, bytes)) fail_to_keep(errno);
}

struct description {
  example_form form;
  std::string fingerprint;
  std::array<std::uint64_t, every_part.size()> counts{};
  std::uint64_t value_size = 1;  // of a feature, in bytes: 1 of a pixel, 4 of a value
  std::uint64_t labels_each = 1;
};

[[noreturn]] void reject(std::string_view fault) {
  throw data_error(fmt::format("a data set that another process has made is malformed: {}", fault));
}

description read_description(std::span<const std::byte> bytes) {
  description found;
  std::uint8_t flip = 0;
  byte_reader(bytes) >> found.form.name >> found.form.shape >> found.form.classes >> found.fingerprint >>
      found.counts >> found.value_size >> found.labels_each >> found.form.augment.shift >> flip >>
      found.form.augment.crop >> found.form.augment.background;
  found.form.augment.flip = flip != 0;
  return found;
}

void check_augmentation(const example_form& form) {
  const augmentation& changes = form.augment;
  const bool is_image = form.shape.size() == 2 || form.shape.size() == 3;
  const std::size_t channels = form.shape.size() == 3 ? form.shape[0] : 1;
  const bool possible = !changes.is_used() || (is_image && changes.shift < form.shape.back() &&
                                               changes.shift < form.shape[form.shape.size() - 2]);
  if (!possible || !(changes.crop >= 0 && changes.crop < 1))
    reject("its images can't be changed as it asks for");
  if (!changes.background.empty() && changes.background.size() != channels) {
    reject(fmt::format("it has {} background colours, expected {}", changes.background.size(), channels));
  }
}

/// The bytes of the features of one example. No product of it and of a count that passes here overflows.
std::uint64_t checked_size(const description& found, std::uint64_t available) {
  const auto& [form, fingerprint, counts, value_size, labels_each] = found;
  if (form.shape.empty() || form.shape.size() > most_dimensions) {
    reject(
        fmt::format("its examples have {} dimensions, expected 1 to {}", form.shape.size(), most_dimensions));
  }
  if (form.classes > most_classes || form.is_regression() != (labels_each == 0)) {
    reject(
        fmt::format("it has {} classes, expected 1 to {}, or 0 without labels", form.classes, most_classes));
  }
  if (value_size != 1 && value_size != sizeof(float)) {
    reject(fmt::format("its values take {} bytes, expected 1 or {}", value_size, sizeof(float)));
  }
  if (labels_each > available) {
    reject(fmt::format("its examples have {} labels, expected at most {}", labels_each, available));
  }
  std::uint64_t size = value_size;
  for (const std::size_t extent : form.shape) {
    if (extent < 1 || extent > available / size) reject("its examples are larger than the file");
    size *= extent;
  }
  check_augmentation(form);
  for (const std::uint64_t count : counts) {
    if (count > available / std::max(size, labels_each))
      reject(fmt::format("{} examples are more than the file holds", count));
  }
  return size;
}

void check_labels(const image_set& part, std::size_t classes) {
  if (part.labels.empty()) return;
  const unsigned largest = *std::ranges::max_element(part.labels);
  if (largest >= classes) reject(fmt::format("it has a label {}, expected 0 to {}", largest, classes - 1));
}

/// Takes what the three parts hold from what follows the description.
void attach_parts(dataset& data, const description& found, std::span<const std::byte> examples) {
  const std::uint64_t example_size = checked_size(found, examples.size());
  std::span rest(reinterpret_cast<const std::uint8_t*>(examples.data()), examples.size());
  const auto take = [&](std::uint64_t size) {
    if (size > rest.size()) reject(fmt::format("it is {} bytes short", size - rest.size()));
    const auto taken = rest.first(size);
    rest = rest.subspan(size);
    return taken;
  };
  std::array<image_set, every_part.size()> sets;
  // Aligned: what follows the description begins at a multiple of 64.
  const auto as_floats = [](std::span<const std::uint8_t> taken) {
    return std::span(reinterpret_cast<const float*>(taken.data()), taken.size() / sizeof(float));
  };
  for (std::size_t i = 0; found.form.is_regression() && i < sets.size(); ++i) {
    sets[i].targets = as_floats(take(found.counts[i] * sizeof(float)));
    if (!std::ranges::all_of(sets[i].targets, [](float each) { return std::isfinite(each); }))
      reject("it has a target that is not finite");
  }
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto taken = take(found.counts[i] * example_size);
    if (found.value_size == 1) {
      sets[i].pixels = taken;
    } else {
      sets[i].values = as_floats(taken);
    }
  }
  for (std::size_t i = 0; i < sets.size(); ++i) {
    sets[i].labels = take(found.counts[i] * found.labels_each);
    sets[i].labels_each = found.labels_each;
    check_labels(sets[i], found.form.classes);
  }
  if (!rest.empty()) reject(fmt::format("{} bytes follow its examples", rest.size()));
  data.train = sets[0];
  data.validation = sets[1];
  data.test = sets[2];
}

}  // namespace

descriptor make_dataset_file() {
  descriptor file(memfd_create("ravine-dataset", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (file.get() < 0) fail_to_keep(errno);
  return file;
}

void write_dataset(const dataset_content& content, int file) {
  if (const std::uint64_t size = bytes_of(content); size > most_dataset_bytes()) {
    throw data_error(fmt::format("{}: its examples take {} bytes; a data set may hold at most {} bytes here",
                                 content.name, size, most_dataset_bytes()));
  }
  byte_writer words;
  words << content.name << content.shape << content.classes << content_fingerprint(content);
  for (const auto part : every_part) words << std::uint64_t{(content.*part).size()};
  const augmentation& changes = content.augment;
  words << std::uint64_t{content.train.values.empty() ? 1 : sizeof(float)}
        << std::uint64_t{content.train.labels_each} << changes.shift << std::uint8_t{changes.flip}
        << changes.crop << changes.background;
  byte_writer head;
  head << magic << std::uint64_t{words.bytes().size()};
  write(file, head.bytes());
  write(file, words.bytes());
  const std::vector<std::byte> padding(examples_begin(words.bytes().size()) - head.bytes().size() -
                                       words.bytes().size());
  write(file, padding);
  for (const auto part : every_part) write(file, std::as_bytes(std::span((content.*part).targets)));
  for (const auto part : every_part) {
    write(file, std::as_bytes(std::span((content.*part).pixels)));
    write(file, std::as_bytes(std::span((content.*part).values)));
  }
  for (const auto part : every_part) write(file, std::as_bytes(std::span((content.*part).labels)));
}

dataset seal_dataset(descriptor file) {
  // Refused as long as anybody has the file mapped for writing.
  if (fcntl(file.get(), F_ADD_SEALS, seals) != 0) fail_to_keep(errno);
  return attach_dataset(std::move(file));
}

dataset attach_dataset(descriptor file) {
  const int found_seals = fcntl(file.get(), F_GET_SEALS);
  if (found_seals < 0 || (found_seals & seals) != seals) reject("it is not sealed");
  auto mapped = std::make_shared<const shared_file>(std::move(file));
  const std::span<const std::byte> bytes = mapped->bytes();
  try {
    byte_reader reader(bytes);
    if (reader.get<std::uint64_t>() != magic) reject("it does not begin like one");
    const std::span<const std::byte> words = reader.array(1);
    const std::size_t begin = examples_begin(words.size());
    if (begin > bytes.size()) reject("it ends with its description");
    const description found = read_description(words);
    dataset data{{found.form}, found.fingerprint, {}, {}, {}, std::move(mapped)};
    attach_parts(data, found, bytes.subspan(begin));
    return data;
  } catch (const bytes_error& problem) {
    reject(problem.what());
  }
}

dataset share_dataset(const dataset_content& content) {
  descriptor file = make_dataset_file();
  write_dataset(content, file.get());
  return seal_dataset(std::move(file));
}

}  // namespace ravine
